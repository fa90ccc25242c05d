# SPDX-License-Identifier: Apache-2.0
"""Runs real VMs with `vmcred` for the end-to-end tests: their secrets, config, start, report and end."""

import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "leak"), str(TESTS / "support")]

from scanner import Scan, scan_host  # noqa: E402  (found through the path above, as support/ is)

GUESTS = TESTS / "guests"
PULL_UNIT = TESTS.parent / "guest/vmcred-pull.service"
USER = f"microvm-e2e-{os.getpid()}"  # of this run alone: two may go on at the same time

# Emulated guests on a machine that compiles at the same time can take several times their usual 15 seconds.
BOOT_SECONDS = 240
SHUTDOWN_SECONDS = 90

# Where a runner or VMM may leave something on its own account.
PLACES_FOR_TRACES = tuple(map(Path, ("/dev/shm", "/run", "/tmp", "/var/crash", "/var/lib", "/var/log", "/var/tmp")))
# Marks a directory of large files that were made before any secret was; searching them would take long.
NO_TRACES = ".made-before-the-secrets"

STATIC = {"ENVIRONMENT": "test", "CLUSTER": "britton-desktop"}


@dataclass(frozen=True)
class Secret:
    """A secret of a VM. `canary` is what no other place on the host may hold; None where the value is too common."""

    name: str
    value: bytes
    canary: bytes | None

    @property
    def credential(self) -> str:
        """Its name in the guest (R61)."""
        return self.name.upper().replace("-", "_")


def unique(name: str, value: bytes) -> Secret:
    """A secret that is unlike anything else from its first byte to its last."""
    return Secret(name, value, canary=value)


def demo_secrets(rng: random.Random) -> list[Secret]:
    """The three of the demo, as `openssl rand -base64 32|32|64 | tr -d '\\n'` makes them (R73)."""
    sizes = {"api-key": 32, "db-password": 32, "jwt-secret": 64}
    return [unique(name, openssl("base64", "-A", stdin=rng.randbytes(size))) for name, size in sizes.items()]


def adversarial_secrets(rng: random.Random) -> list[Secret]:
    """Values that a shell, an option parser or a C string would damage (W8, W26)."""
    every_byte = bytes(rng.sample(range(256), 256))
    key = openssl("genpkey", "-algorithm", "ed25519")
    own_part_of_key = key.splitlines()[1][24:]  # what stands before it is the same in all keys of this kind
    token = rng.randbytes(20).hex().encode()
    return [
        unique("every-byte", every_byte),
        Secret("pem-key", key, canary=own_part_of_key),
        Secret("one-byte", b"\n", canary=None),
        unique("trailing-newlines", token[:12] + b"\r\n\n\n"),
        Secret("syntax", b',a=[]"' + token[12:24] + b'\\,,name=b,file=/x"] $(id) %n \xe2\x9c\x93', canary=token[12:24]),
        unique("nul-bytes", b"\0" + token[24:] + b"\0\0" + rng.randbytes(12) + b"\0"),
        unique("large", rng.randbytes(48 * 1024)),
    ]


def openssl(*arguments: str, stdin: bytes = b"") -> bytes:
    """What openssl prints. Secrets go in by stdin: this harness's own argv is searched too."""
    return subprocess.run(["openssl", *arguments], input=stdin, capture_output=True, check=True).stdout


@dataclass(frozen=True)
class Guest:
    """A kind of VM: which guest on which machine."""

    name: str  # as build-guest knows it
    machine: str
    systemd: int | None

    @property
    def id(self) -> str:
        return f"{self.machine}-{self.name}"

    @property
    def knowledge(self) -> list[str]:
        """What the host is told of the guest. Of the oldest systemd nothing: what fits any version must fit it."""
        told = {252: [], 257: ["guest.systemd = 257"], None: ['guest.systemd = "none"']}
        return told[self.systemd]

    @property
    def overlay(self) -> Path:
        return GUESTS / ("overlay-busybox" if self.systemd is None else "overlay-systemd")


class VmFailure(Exception):
    """A VM did not do what a test needs before it can begin; the text says what, with the last lines of its logs."""


@dataclass
class Place:
    """The directories of one VM, apart from each other so that each can be searched for its own kind of leak."""

    root: Path

    def __post_init__(self) -> None:
        # Not 0700 as tempfile makes it: the VM's user has to pass. The sources are root's alone, as in real life.
        self.root.chmod(0o755)
        for directory, mode in ((self.sources, 0o700), (self.guest, 0o755), (self.work, 0o777), (self.runtime, 0o755)):
            directory.mkdir()
            directory.chmod(mode)

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    @property
    def guest(self) -> Path:
        return self.root / "guest"

    @property
    def work(self) -> Path:
        """The runner's working directory; open to all, so that a core dump would find room here."""
        return self.root / "work"

    @property
    def runtime(self) -> Path:
        return self.root / "run"

    @property
    def config(self) -> Path:
        return self.root / "vmcred.toml"

    @property
    def console(self) -> Path:
        return self.root / "console.log"

    @property
    def runner_log(self) -> Path:
        return self.root / "runner.log"


@dataclass
class Vm:
    """One VM, from its config to its end. `name` is also the base name of its runtime directory."""

    guest: Guest
    place: Place
    secrets: list[Secret]
    name: str = "test-vm"
    settings: list[str] = field(default_factory=list)  # further lines of its config
    kernel_params: tuple[str, ...] = ()
    overlays: tuple[Path, ...] = ()  # what its guest has besides the usual
    copies: list[Path] = field(default_factory=list)  # files that hold secrets by right, besides the sources
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    made_at: float = field(default_factory=time.time, init=False)

    def prepare(self) -> None:
        """Writes everything a start needs: sources, kernel and initrd, config."""
        for secret in self.secrets:
            self.write_source(secret)
        self._prepare_guest()
        self.place.config.write_text(self.config_text())

    def write_source(self, secret: Secret) -> None:
        """A file as a secret manager leaves it: root:root 0400."""
        path = self.source(secret)
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
            file.write(secret.value)

    def source(self, secret: Secret) -> Path:
        return self.place.sources / secret.name

    def _prepare_guest(self) -> None:
        (self.place.guest / NO_TRACES).touch()
        built = subprocess.run([GUESTS / "build-guest", self.guest.name], check=True, stdout=subprocess.PIPE, text=True)
        base = Path(built.stdout.strip())
        shutil.copy(base / "vmlinuz", self.place.guest / "vmlinuz")
        overlay = self.place.guest / "overlay"
        for directory in (self.guest.overlay, *self.overlays):
            shutil.copytree(directory, overlay, symlinks=True, dirs_exist_ok=True)
        if self.guest.systemd is not None:
            enable_pull_unit(overlay)
        make_initrd = [GUESTS / "make-initrd", base / "initrd", overlay, program("VMCRED_GUEST_BIN")]
        subprocess.run([*make_initrd, self.place.guest / "initrd"], check=True)

    def config_text(self) -> str:
        """The VM's vmcred.toml. Its kernel's mitigations guard against other guests, and cost a fifth of a boot here."""
        lines = [
            f"[vms.{self.name}]",
            'hypervisor = "qemu"',
            f'machine = "{self.guest.machine}"',
            'accelerator = "tcg"',
            f'user = "{self.user}"',
            f'kernel = "{self.place.guest}/vmlinuz"',
            f'initrd = "{self.place.guest}/initrd"',
            f"kernel_params = {json.dumps(['mitigations=off', *self.kernel_params])}",
            "allow_swap = true",  # the values are worthless, and the host may be anyone's
        ]
        return "\n".join(lines + self.guest.knowledge + self.settings + self.credential_lines()) + "\n"

    def credential_lines(self) -> list[str]:
        """What the guest shall have, in the words of the config."""
        secrets = [f'secrets.{secret.name} = {{ path = "{self.source(secret)}" }}' for secret in self.secrets]
        return secrets + [f'static.{name} = "{value}"' for name, value in STATIC.items()]

    @property
    def user(self) -> str:
        return USER

    @property
    def runtime(self) -> Path:
        """Where this VM's sockets are."""
        return self.place.runtime / self.name

    @property
    def programs(self) -> Path:
        """Programs of the VM's user besides the host's."""
        return self.place.root / "bin"

    def install(self, tool: Path) -> None:
        """Copies a program to where the VM's user can run it: the cache may be in somebody's home."""
        self.programs.mkdir(mode=0o755, exist_ok=True)
        shutil.copy(tool, self.programs)

    def environment(self) -> dict[str, str]:
        return {"PATH": f"{self.programs}:{os.environ['PATH']}", "VMCRED_RUNTIME_DIR": str(self.place.runtime)}

    def start(self, *prefix: str, environment: dict[str, str] | None = None) -> None:
        """Starts the VM; `prefix` is a command that runs the runner, such as prlimit."""
        self.__dict__.pop("report", None)
        self.__dict__.pop("end", None)
        command = [*prefix, program("VMCRED_BIN"), "vm", "run", self.name, "--config", self.place.config]
        with self.place.console.open("ab") as console, self.place.runner_log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=log,
                cwd=self.place.work,
                env=self.environment() | (environment or {}),
            )

    @property
    def pid(self) -> int:
        assert self.process is not None, "the VM was never started"
        return self.process.pid

    @cached_property
    def report(self) -> dict[str, Any]:
        """What the guest says about its credentials. Waits until it does."""
        deadline = time.monotonic() + BOOT_SECONDS
        line = b""
        with self._connect_to_report(deadline) as connection:
            connection.settimeout(1)
            while not line.endswith(b"\n"):
                try:
                    line += connection.recv(64 * 1024)
                except TimeoutError:
                    pass  # a look at whether the VM still runs, then on
                self._expect_running("before its guest reported", deadline)
        return json.loads(line)

    def _connect_to_report(self, deadline: float) -> socket.socket:
        while True:
            connection = socket.socket(socket.AF_UNIX)
            try:
                connection.connect(str(self.runtime / "report.sock"))
                return connection
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()
                self._expect_running("before it had a report socket", deadline)
                time.sleep(0.05)

    def _expect_running(self, when: str, deadline: float) -> None:
        assert self.process is not None
        if self.process.poll() is not None:
            raise VmFailure(f"the VM ended with {self.process.returncode} {when}\n{self.logs()}")
        if time.monotonic() > deadline:
            raise VmFailure(f"the VM took longer than {BOOT_SECONDS} s {when}\n{self.logs()}")

    def logs(self, lines: int = 25) -> str:
        """The last lines of all that the VM and its runner said."""
        text = ""
        for path in (self.place.runner_log, self.place.console):
            if path.exists():
                tail = path.read_text(errors="replace").splitlines()[-lines:]
                text += f"--- {path.name}\n" + "\n".join(tail) + "\n"
        return text

    @cached_property
    def end(self) -> "End":
        """What came of `vmcred vm stop`. The first use stops the VM."""
        assert self.process is not None
        command = [program("VMCRED_BIN"), "vm", "stop", self.name, "--config", self.place.config]
        started = time.monotonic()
        stop = subprocess.run(
            [*command, "--timeout", str(SHUTDOWN_SECONDS)],
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=SHUTDOWN_SECONDS + 30,
            check=False,
        )
        return End(stop, self.process.wait(timeout=10), time.monotonic() - started)

    def kill(self) -> None:
        """Ends the VM at once, if it is still there."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()

    def search_for_leaks(self) -> list[str]:
        """Every place on this host that holds one of the VM's secrets and must not."""
        running = self.process is not None and self.process.poll() is None
        findings = scan_host(
            Scan(
                canaries=[secret.canary for secret in self.secrets if secret.canary is not None],
                vmm_pid=self.pid if running else None,
                directories=[self.place.work, self.place.runtime],
                logs=[self.place.console, self.place.runner_log, self.place.config, *changed_files(self.made_at)],
                sources=[self.source(secret) for secret in self.secrets] + self.copies,
            )
        )
        return [f"{finding.place}: {finding.detail}" for finding in findings]


def enable_pull_unit(tree: Path) -> None:
    """Adds the unit by which a guest fetches its credentials, if its kernel's command line asks it to."""
    units = tree / "etc/systemd/system"
    (units / "sysinit.target.wants").mkdir(parents=True, exist_ok=True)
    shutil.copy(PULL_UNIT, units)
    (units / "sysinit.target.wants" / PULL_UNIT.name).symlink_to(f"../{PULL_UNIT.name}")


def changed_files(since: float) -> Iterator[Path]:
    """Files that were written since then wherever temporary files, state, logs and core dumps are kept."""
    for root in PLACES_FOR_TRACES:
        for parent, directories, names in os.walk(root):
            directories[:] = [name for name in directories if not (Path(parent) / name / NO_TRACES).exists()]
            for path in (Path(parent) / name for name in names):
                try:
                    status = path.lstat()
                except FileNotFoundError:
                    continue
                if stat.S_ISREG(status.st_mode) and status.st_ctime >= since:
                    yield path


@dataclass(frozen=True)
class End:
    """How a VM ended."""

    stop: subprocess.CompletedProcess[str]
    exit_code: int
    seconds: float

    @property
    def by_guest(self) -> bool:
        """Did the guest shut down when asked to, or was the VMM ended after the time for that was over?"""
        return self.seconds < SHUTDOWN_SECONDS


def processes_in(directory: Path) -> list[int]:
    """The processes that work in this directory, as everything that a VM's start leaves behind would."""
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and Path(os.readlink(entry / "cwd")) == directory:
                found.append(int(entry.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # gone, or a process that this host keeps even from root: not one of ours
    return found


def program(variable: str) -> Path:
    """One of the two programs under test."""
    path = os.environ.get(variable)
    if not path or not os.access(path, os.X_OK):
        raise VmFailure(f"${variable} must name the built program; it is {path!r}")
    return Path(path).resolve()
