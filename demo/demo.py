# SPDX-License-Identifier: Apache-2.0
"""Makes secrets, hands five credentials to a real guest and shows what becomes of them: `./dev demo` calls this.

The guest is a small Debian 12 with its real systemd. It runs the unit demo-oem-credentials, which shows what arrived,
and verifies each credential byte for byte. Meanwhile this host is searched for traces of the secrets. Exits 0 only if
every credential was verified and nothing was found.
"""

import argparse
import grp
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import choice as choices
import systemd_host
from choice import Choice
from story import (
    BOOT_SECONDS,
    SECRET_BYTES,
    SHUTDOWN_SECONDS,
    DemoFailure,
    Scan,
    build_guest,
    conclude,
    config_text,
    read_report,
    report_on_console,
    say,
    search,
    show_arrivals,
    show_console,
)

USER = "microvm-demo"
GENERATOR = "demo-secrets"


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
    """The VM's own system user, who may use KVM, until the stack unwinds."""
    if subprocess.run(["getent", "passwd", USER], capture_output=True, check=False).returncode == 0:
        return
    options = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    if any(group.gr_name == "kvm" for group in grp.getgrall()):
        options += ["--groups", "kvm"]
    subprocess.run(["useradd", *options, USER], check=True, capture_output=True)
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
    subprocess.run([vmcred, "age", "keygen", "-o", place.identity], check=True, capture_output=True)
    vmcred_output(place, vmcred, "vars", "keygen", "--user", "demo")
    vmcred_output(place, vmcred, "vars", "generate", "demo")
    values = {name: vmcred_output(place, vmcred, "vars", "get", "demo", f"{GENERATOR}/{name}") for name in SECRET_BYTES}
    encrypted = len(list(place.store.glob("**/secret")))
    say("secrets", f"{len(values)} made in a sandbox, kept as {encrypted} encrypted files; their key is on a tmpfs")
    return values


def start(place: Place, vmcred: Path, stack: ExitStack) -> subprocess.Popen[bytes]:
    """Starts the VM. The process turns into its hypervisor."""
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


def wait_for_report(place: Place, process: subprocess.Popen[bytes], is_on_console: bool) -> dict:
    """What the guest says about its credentials."""
    deadline = time.monotonic() + BOOT_SECONDS

    def expect_running(what: str) -> None:
        if process.poll() is not None:
            raise DemoFailure(f"the VM ended with {process.returncode} before {what}")
        if time.monotonic() > deadline:
            raise DemoFailure(f"no {what} within {BOOT_SECONDS} s")

    if is_on_console:
        while (report := report_on_console(place.console.read_text(errors="replace"))) is None:
            expect_running("report from the guest")
            time.sleep(0.05)
        return report
    path = place.runtime / "demo" / "report.sock"
    while not path.exists():
        expect_running("report socket")
        time.sleep(0.05)
    return read_report(path, expect_running)


def show_identity(process: subprocess.Popen[bytes]) -> None:
    """Which program now runs as whom, as the kernel tells it."""
    status = dict(
        line.split(":\t", 1) for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if ":\t" in line
    )
    program = os.readlink(f"/proc/{process.pid}/exe")
    say("runs", f"{program}, pid {process.pid}, uid {status['Uid'].split()[0]}, capabilities {status['CapEff']}")


def stop(place: Place, vmcred: Path, process: subprocess.Popen[bytes]) -> None:
    """Shuts the guest down as an operator does."""
    subprocess.run(
        [vmcred, "vm", "stop", "demo", "--config", place.config, "--timeout", str(SHUTDOWN_SECONDS)],
        env={**os.environ, "VMCRED_RUNTIME_DIR": str(place.runtime)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    say("stopped", f"the hypervisor's exit code is {process.wait(timeout=10)}")


def scan_of(place: Place, values: dict[str, bytes], vmm_pid: int | None) -> Scan:
    """Where to search for which secrets."""
    return Scan(canaries=list(values.values()), vmm_pid=vmm_pid, directories=[place.work], sources=[])


def run(build: Path, choice: Choice) -> bool:
    """The whole demo. True if all that it promises held."""
    vmcred = build / "src" / "vmcred"
    choices.check(choice, vmcred)
    with ExitStack() as stack:
        place = make_place(stack)
        make_user(stack)
        build_guest(build, place.work, reports_on_console=not choice.is_qemu)
        place.config.write_text(config_text("demo", GENERATOR, place.identity, "vmlinuz", "initrd", choice.settings))
        values = make_secrets(place, vmcred)

        started = time.monotonic()
        process = start(place, vmcred, stack)
        try:
            report = wait_for_report(place, process, is_on_console=not choice.is_qemu)
        except DemoFailure:
            print(place.runner_log.read_text(errors="replace"), end="", file=sys.stderr)
            raise
        seconds = time.monotonic() - started
        for line in place.runner_log.read_text().splitlines():
            say("runner", line)
        show_identity(process)
        show_console(place.console.read_text(errors="replace").splitlines())
        show_arrivals(report)
        say("time", f"{seconds:.1f} s from the command to the guest's report")
        leaks = search(scan_of(place, values, process.pid))
        stop(place, vmcred, process)
        leaks += search(scan_of(place, values, None))
    return conclude(report, leaks)


def main() -> int:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="./dev demo", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="the build directory")
    parser.add_argument("--systemd", action="store_true", help="in a host of its own, with systemd, by a config alone")
    parser.add_argument("--vmm", help="the hypervisor (default: qemu); 'vmcred vmm list' has them all")
    parser.add_argument("--machine", help="of qemu: q35 (default), pc or microvm")
    parser.add_argument("--transport", help="smbios, fw_cfg or initrd (default: the best one that carries the credentials)")
    arguments = parser.parse_args()
    choice = Choice(arguments.vmm, arguments.machine, arguments.transport)
    if arguments.systemd and choice != Choice():
        parser.error("--vmm, --machine and --transport don't go with --systemd")
    if os.geteuid() != 0:
        print("demo: error: needs root: the secrets are root's, and the VM gets a user of its own", file=sys.stderr)
        return 1
    try:
        build = arguments.build.resolve()
        held = systemd_host.run(build) if arguments.systemd else run(build, choice)
        return 0 if held else 1
    except DemoFailure as failure:
        print(f"demo: error: {failure}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
