# SPDX-License-Identifier: Apache-2.0
"""Makes secrets, hands five credentials to a real guest and shows what becomes of them: `./dev demo` calls this.

The guest is a small Debian 12 with its real systemd. It runs the unit demo-oem-credentials, which shows what arrived,
and verifies each credential byte for byte. Meanwhile this host is searched for traces of the secrets. Exits 0 only if
every credential was verified and nothing was found.
"""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import warnings
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test" / "leak"))

from scanner import Scan, scan_host  # noqa: E402  (found through the path above)

USER = "microvm-demo"
GENERATOR = "demo-secrets"
SECRET_BYTES = {"api-key": 32, "db-password": 32, "jwt-secret": 64}
STATIC = {"ENVIRONMENT": "test", "CLUSTER": "britton-desktop"}
BOOT_SECONDS = 180
SHUTDOWN_SECONDS = 60


class DemoFailure(Exception):
    """Something did not come out as promised; the text says what."""


def say(label: str, text: str) -> None:
    """One line of the demo's story."""
    print(f"demo: {label:<9} {text}", flush=True)


@dataclass
class Place:
    """Where the demo keeps its things: the key to its secrets on a tmpfs of its own, the rest in a directory beside."""

    secrets: Path
    work: Path
    runtime: Path

    @property
    def config(self) -> Path:
        return self.work / "vmcred.toml"

    @property
    def identity(self) -> Path:
        return self.secrets / "identity.txt"

    @property
    def store(self) -> Path:
        return self.work / "vars"

    @property
    def console(self) -> Path:
        return self.work / "console.log"

    @property
    def runner_log(self) -> Path:
        return self.work / "runner.log"


def make_place(stack: ExitStack) -> Place:
    """Makes the directories, and the tmpfs, until the stack unwinds."""
    work = Path(tempfile.mkdtemp(prefix="vmcred-demo-"))
    stack.callback(shutil.rmtree, work)
    work.chmod(0o755)
    place = Place(secrets=work / "secrets", work=work, runtime=work / "run")
    place.secrets.mkdir(mode=0o700)
    place.runtime.mkdir(mode=0o755)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "mode=0700,size=1M", "tmpfs", place.secrets], check=True)
    stack.callback(subprocess.run, ["umount", place.secrets], check=True)
    return place


def make_user(stack: ExitStack) -> None:
    """The VM's own system user, until the stack unwinds."""
    if subprocess.run(["getent", "passwd", USER], capture_output=True, check=False).returncode == 0:
        return
    subprocess.run(
        ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER], check=True, capture_output=True
    )
    stack.callback(subprocess.run, ["userdel", USER], check=True, capture_output=True)


def vmcred_output(place: Place, vmcred: Path, *words: str) -> bytes:
    """What a vmcred command prints, as whoever owns the demo's key."""
    done = subprocess.run(
        [vmcred, *words, "--config", place.config],
        env={"PATH": os.environ["PATH"], "HOME": str(place.secrets), "SOPS_AGE_KEY_FILE": str(place.identity)},
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        print(done.stderr.decode(errors="replace"), end="", file=sys.stderr)
        raise DemoFailure(f"vmcred {' '.join(words)} ended with {done.returncode}")
    return done.stdout


def make_secrets(place: Place, vmcred: Path) -> dict[str, bytes]:
    """Has vmcred make a key and, with the config's generator, the secrets. Returns them, to search for."""
    vmcred_output(place, vmcred, "vars", "keygen", "--user", "demo")
    vmcred_output(place, vmcred, "vars", "generate", "demo")
    values = {name: vmcred_output(place, vmcred, "vars", "get", "demo", f"{GENERATOR}/{name}") for name in SECRET_BYTES}
    encrypted = len(list(place.store.glob("**/secret")))
    say("secrets", f"{len(values)} made in a sandbox, kept as {encrypted} encrypted files; their key is on a tmpfs")
    return values


def build_guest(place: Place, build: Path) -> None:
    """Puts the guest's kernel and initrd, with our units and vmcred-guest in it, into the place."""
    guests = ROOT / "test" / "guests"
    base = Path(subprocess.check_output([guests / "build-guest", "debian-12"], text=True).strip())
    shutil.copy(base / "vmlinuz", place.work / "vmlinuz")
    overlay = guests / "overlay-systemd"
    subprocess.run(
        [guests / "make-initrd", base / "initrd", overlay, build / "src" / "vmcred-guest", place.work / "initrd"],
        check=True,
    )


def write_config(place: Place) -> None:
    """The whole configuration of a VM with five credentials."""
    lines = ["[store]", f'identity = "{place.identity}"', "", f"[generators.{GENERATOR}]"]
    lines += [f"files.{name} = {{}}" for name in SECRET_BYTES]
    lines += ["script = '''"]
    lines += [f"openssl rand -base64 {size} | tr -d '\\n' > \"$out/{name}\"" for name, size in SECRET_BYTES.items()]
    lines += ["'''", ""]
    lines += ["[vms.demo]", "vcpu = 2", "mem = 512", 'kernel = "vmlinuz"', 'initrd = "initrd"']
    if len(Path("/proc/swaps").read_text().splitlines()) > 1:
        say("swap", "this host swaps; the demo's secrets are worthless, so it goes on with allow_swap = true")
        lines.append("allow_swap = true")
    lines += [f'secrets.{name} = {{ generator = "{GENERATOR}" }}' for name in SECRET_BYTES]
    lines += [f'static.{name} = "{value}"' for name, value in STATIC.items()]
    place.config.write_text("\n".join(lines) + "\n")


def start(place: Place, vmcred: Path, stack: ExitStack) -> subprocess.Popen[bytes]:
    """Starts the VM. The process turns into QEMU."""
    environment = {**os.environ, "VMCRED_RUNTIME_DIR": str(place.runtime)}
    with place.console.open("wb") as console, place.runner_log.open("wb") as log:
        process = subprocess.Popen(
            [vmcred, "vm", "run", "demo", "--config", place.config],
            stdin=subprocess.DEVNULL,
            stdout=console,
            stderr=log,
            env=environment,
            cwd=place.work,
        )
    stack.callback(end, process)
    return process


def end(process: subprocess.Popen[bytes]) -> None:
    """The last resort, for when the demo gives up half-way."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_for(condition, process: subprocess.Popen[bytes], deadline: float, what: str) -> None:
    """Waits until the condition holds, as long as the VM runs and there is time."""
    while not condition():
        if process.poll() is not None:
            raise DemoFailure(f"the VM ended with {process.returncode} before {what}")
        if time.monotonic() > deadline:
            raise DemoFailure(f"no {what} within {BOOT_SECONDS} s")
        time.sleep(0.05)


def read_report(place: Place, process: subprocess.Popen[bytes]) -> dict:
    """The one line in which the guest says what it found."""
    deadline = time.monotonic() + BOOT_SECONDS
    path = place.runtime / "demo" / "report.sock"
    wait_for(path.exists, process, deadline, "report socket")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(1)
        received = b""

        def has_line() -> bool:
            nonlocal received
            try:
                received += connection.recv(65536)
            except TimeoutError:
                pass
            return b"\n" in received

        wait_for(has_line, process, deadline, "report from the guest")
    return json.loads(received.split(b"\n")[0])


def show_identity(process: subprocess.Popen[bytes]) -> None:
    """Which program now runs as whom, as the kernel tells it."""
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if ":\t" in line
    )
    program = os.readlink(f"/proc/{process.pid}/exe")
    say("runs", f"{program}, pid {process.pid}, uid {status['Uid'].split()[0]}, capabilities {status['CapEff']}")


def show_console(place: Place) -> None:
    """The part of the guest's console that its demo unit wrote."""
    lines = place.console.read_text(errors="replace").splitlines()
    for line in (line for line in lines if "show-credentials[" in line):
        say("console", line.split("]: ", 1)[-1].rstrip())


def show_arrivals(report: dict) -> None:
    """What the guest verified."""
    for credential in report["credentials"]:
        say("arrived", f"{credential['name']:<12} {credential['size']:>3} bytes  {credential['state']}")


def search(place: Place, values: dict[str, bytes], vmm_pid: int | None) -> int:
    """Searches this host for the secrets. Returns the number of places that hold one and should not."""
    scan = Scan(canaries=list(values.values()), vmm_pid=vmm_pid, directories=[place.work], sources=[])
    with warnings.catch_warnings(record=True) as not_searched:
        warnings.simplefilter("always")
        findings = scan_host(scan)
    for note in not_searched:
        say("leak scan", f"not searched: {note.message}")
    for finding in findings:
        say("leak", f"{finding.place}: {finding.detail}")
    when = "while it ran" if vmm_pid else "after it ended"
    say("leak scan", f"{when}: {len(findings)} found")
    return len(findings)


def stop(place: Place, vmcred: Path, process: subprocess.Popen[bytes]) -> None:
    """Shuts the guest down as an operator does."""
    subprocess.run(
        [vmcred, "vm", "stop", "demo", "--config", place.config, "--timeout", str(SHUTDOWN_SECONDS)],
        env={**os.environ, "VMCRED_RUNTIME_DIR": str(place.runtime)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    say("stopped", f"the guest shut down, QEMU's exit code is {process.wait(timeout=10)}")


def run(build: Path) -> bool:
    """The whole demo. True if all that it promises held."""
    vmcred = build / "src" / "vmcred"
    with ExitStack() as stack:
        place = make_place(stack)
        make_user(stack)
        build_guest(place, build)
        write_config(place)
        values = make_secrets(place, vmcred)

        started = time.monotonic()
        process = start(place, vmcred, stack)
        try:
            report = read_report(place, process)
        except DemoFailure:
            print(place.runner_log.read_text(errors="replace"), end="", file=sys.stderr)
            raise
        seconds = time.monotonic() - started
        for line in place.runner_log.read_text().splitlines():
            say("runner", line)
        show_identity(process)
        show_console(place)
        show_arrivals(report)
        say("time", f"{seconds:.1f} s from the command to the guest's report")
        leaks = search(place, values, process.pid)
        stop(place, vmcred, process)
        leaks += search(place, values, None)

    expected = len(SECRET_BYTES) + len(STATIC)
    verified = report["verified"] if report["expected"] == expected else 0
    print(f"demo: {verified} of {expected} credentials verified in the guest, {leaks} leaks")
    return verified == expected and leaks == 0


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="the build directory")
    arguments = parser.parse_args()
    if os.geteuid() != 0:
        print("demo: error: needs root: the secrets are root's, and the VM gets a user of its own", file=sys.stderr)
        return 1
    try:
        return 0 if run(arguments.build.resolve()) else 1
    except DemoFailure as failure:
        print(f"demo: error: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
