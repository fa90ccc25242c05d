# SPDX-License-Identifier: Apache-2.0
"""Boots whole systemd hosts in containers, runs commands in them and takes them down without a trace."""

import ctypes
import os
import re
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
BOOT_SECONDS = 120
POWEROFF_SECONDS = 60
COMMAND_SECONDS = 120
NEEDED_PROGRAMS = ("flock", "mmdebstrap", "nsenter", "systemd-nspawn", "unshare")
CONTROL_GROUPS = "vmcred-host-"
PR_SET_PDEATHSIG = 1


class ContainerFailure(Exception):
    """A host did not do what was asked; the text says what, with its last words."""


def why_not_here() -> str | None:
    """Why this machine can't boot hosts, or None where it can."""
    missing = [name for name in NEEDED_PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if os.geteuid() != 0:
        return "needs root"
    tried = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-c", "mount -t cgroup2 cgroup2 /mnt"],
        capture_output=True,
        text=True,
        check=False,
    )
    return None if tried.returncode == 0 else f"no control groups of version 2: {tried.stderr.strip()}"


def install(build: Path, directory: Path) -> None:
    """Puts the programs where the package puts them, below the directory."""
    subprocess.run(
        ["cmake", "--install", build, "--prefix", "/usr", "--strip"],
        env={**os.environ, "DESTDIR": str(directory)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    directory.chmod(0o755)


def host_tree(name: str) -> Path:
    """The root file system of a host of that name, built if need be."""
    built = subprocess.run([HERE / "build-host", name], check=True, stdout=subprocess.PIPE, text=True)
    return Path(built.stdout.strip())


@dataclass
class Container:
    """A booted host. Paths that its methods take are those that hold inside."""

    tree: Path
    layers: Sequence[Path] = ()  # laid over the tree, the topmost first; read-only, too
    binds: dict[Path, str] = field(default_factory=dict)  # read-only: what of this machine is seen where
    name: str = field(default_factory=lambda: f"t{os.getpid()}-{secrets.token_hex(3)}", init=False)
    place: Path = field(init=False)
    started_at: float = field(default=0.0, init=False)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _leader: int | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self.place = Path(tempfile.mkdtemp(prefix="vmcred-host-"))
        self.place.chmod(0o755)

    def __enter__(self) -> "Container":
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    # ---- life

    def boot(self) -> None:
        """Starts it and waits until systemd has started all that it wants."""
        libc = ctypes.CDLL(None)
        binds = [f"--bind-ro={source}:{target}" for source, target in self.binds.items()]
        command = [HERE / "boot-host", self.name, self.place, *self.layers, self.tree, "--", *binds]
        self.started_at = time.monotonic()
        with self.console.open("ab") as console:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL),
            )
        self._wait_for_systemd()

    def _wait_for_systemd(self) -> None:
        self._leader = None
        self.wait_until(lambda: self._find_leader() is not None, "an init process", BOOT_SECONDS)
        self.wait_until(self._has_booted, "the end of its boot", BOOT_SECONDS)

    def _has_booted(self) -> bool:
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def reboot(self) -> None:
        """Restarts it as an administrator does, and waits until it is up again."""
        before = self.leader
        self.run("systemctl", "--no-block", "reboot")
        self.wait_until(lambda: not Path(f"/proc/{before}").exists(), "the end before the restart", POWEROFF_SECONDS)
        self._wait_for_systemd()

    def power_off(self) -> int:
        """Shuts it down as an administrator does. Returns what nspawn exits with, 0 for a clean end."""
        assert self._process is not None
        self.run("systemctl", "--no-block", "poweroff")
        try:
            return self._process.wait(POWEROFF_SECONDS)
        except subprocess.TimeoutExpired:
            raise ContainerFailure(f"it did not shut down within {POWEROFF_SECONDS} s\n{self.last_words()}") from None

    def remove(self) -> None:
        """Ends it at once if it still runs, and removes its files."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()  # takes all that it started along
            self._process.wait()
        remove_control_group(f"{CONTROL_GROUPS}{self.name}")
        shutil.rmtree(self.place, ignore_errors=True)

    # ---- commands

    @property
    def running(self) -> bool:
        """Is it there still?"""
        return self._process is not None and self._process.poll() is None

    @property
    def leader(self) -> int:
        """Its PID 1 as this machine counts."""
        leader = self._find_leader()
        if leader is None:
            raise ContainerFailure(f"it has no init process\n{self.last_words()}")
        return leader

    def _find_leader(self) -> int | None:
        if self._leader is None or not Path(f"/proc/{self._leader}").exists():
            assert self._process is not None
            self._leader = next((pid for pid in descendants(self._process.pid) if is_container_init(pid)), None)
        return self._leader

    def run(
        self,
        *words: str | Path,
        check: bool = True,
        stdin: bytes | str = "",
        user: str | None = None,
        timeout: float = COMMAND_SECONDS,
    ) -> subprocess.CompletedProcess[str]:
        """Runs a command in it, as root or as the user of that number; its output is text."""
        given = stdin.encode() if isinstance(stdin, str) else stdin
        done = self.run_bytes(*words, stdin=given, user=user, timeout=timeout)
        text = subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        )
        if check and text.returncode != 0:
            command = " ".join(map(str, words))
            raise ContainerFailure(f"'{command}' ended with {text.returncode}\n{text.stdout}{text.stderr}")
        return text

    def run_bytes(
        self, *words: str | Path, stdin: bytes = b"", user: str | None = None, timeout: float = COMMAND_SECONDS
    ) -> subprocess.CompletedProcess[bytes]:
        """As above, with output as it came, and whatever it exits with."""
        assert user is None or user.isdigit(), "a group of a user's name may not be there, and all would fail"
        become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []
        enter = ["nsenter", f"--target={self.leader}", "--all", "--wd=/", "--"]
        clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/root"]
        return subprocess.run(
            [*enter, *clean, *become, *words], input=stdin, capture_output=True, timeout=timeout, check=False
        )

    def shell(self, script: str, *, check: bool = True, user: str | None = None) -> subprocess.CompletedProcess[str]:
        """Runs a shell script in it."""
        return self.run("bash", "-euc", script, check=check, user=user)

    def succeeds(self, *words: str | Path) -> bool:
        """Does this command succeed?"""
        return self.run(*words, check=False).returncode == 0

    def wait_until(self, condition: Callable[[], bool], what: str, seconds: float) -> None:
        """Waits until the condition holds."""
        deadline = time.monotonic() + seconds
        while not condition():
            if not self.running:
                raise ContainerFailure(f"it ended before {what}\n{self.last_words()}")
            if time.monotonic() > deadline:
                raise ContainerFailure(f"no {what} within {seconds:.0f} s\n{self.last_words()}")
            time.sleep(0.1)

    # ---- what it holds

    def path(self, inside: str | Path) -> Path:
        """Where a path of a running host is found from this machine. Links are followed as on this machine."""
        return Path(f"/proc/{self.leader}/root") / str(inside).lstrip("/")

    @property
    def upper(self) -> Path:
        """All that it wrote to its disk."""
        return self.place / "upper"

    @property
    def console(self) -> Path:
        return self.place / "console.log"

    def write(self, path: str, content: str | bytes, mode: int = 0o644) -> None:
        """Writes a file of root's, with the directories above it."""
        data = content.encode() if isinstance(content, str) else content
        script = 'umask 077; mkdir -p -m 0755 "${1%/*}"; cat > "$1.new"; chmod "$2" "$1.new"; mv "$1.new" "$1"'
        self.run("sh", "-euc", script, "sh", path, f"{mode:o}", stdin=data)

    def read(self, path: str) -> str:
        """The text of a file."""
        return self.run("cat", path).stdout

    def journal(self, *options: str) -> str:
        """What journalctl prints."""
        self.run("journalctl", "--sync")
        return self.run("journalctl", "--no-pager", "--output=short-monotonic", *options).stdout

    def properties(self, unit: str, *names: str) -> dict[str, str]:
        """What systemctl shows of a unit."""
        shown = self.run("systemctl", "show", unit, *(f"--property={name}" for name in names)).stdout
        return dict(line.split("=", 1) for line in shown.splitlines() if "=" in line)

    def processes(self) -> list[int]:
        """All of its processes, as this machine counts."""
        return [self.leader, *descendants(self.leader)]

    def last_words(self) -> str:
        """The end of its console."""
        lines = self.console.read_text(errors="replace").splitlines() if self.console.exists() else []
        return "--- console\n" + "\n".join(lines[-25:])


def status_of(pid: int) -> dict[str, str]:
    """What the kernel tells of a process, nothing if it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return {}
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def descendants(pid: int) -> list[int]:
    """All processes below this one, parents first."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (parent := status_of(int(entry.name)).get("PPid")):
            children.setdefault(int(parent), []).append(int(entry.name))
    found = list(children.get(pid, []))
    for each in found:
        found += children.get(each, [])
    return found


def is_container_init(pid: int) -> bool:
    """Is it PID 1 two name spaces down: that of boot-host, and the container's in it?"""
    numbers = status_of(pid).get("NSpid", "").split()
    depth = len(status_of(os.getpid()).get("NSpid", "1").split())
    return len(numbers) == depth + 2 and numbers[-1] == "1" and has_executed(pid)


def has_executed(pid: int) -> bool:
    """Is it systemd already, and not yet nspawn's child that will become it?"""
    try:
        return "systemd-nspawn" not in os.readlink(f"/proc/{pid}/exe")
    except (FileNotFoundError, ProcessLookupError):
        return False


def control_group_mounts() -> list[Path]:
    """Where this machine has control groups of version 2, if anywhere."""
    fields = (line.split() for line in Path("/proc/self/mounts").read_text().splitlines())
    return [Path(re.sub(r"\\040", " ", each[1])) for each in fields if each[2] == "cgroup2"]


def remove_control_group(name: str) -> None:
    """Removes it with those below it, whose processes are gone."""
    for mount in control_group_mounts():
        for parent, _, _ in os.walk(mount / name, topdown=False):
            remove_empty_group(Path(parent))


def remove_empty_group(group: Path) -> None:
    """The kernel may need a moment for processes that were just killed."""
    for _ in range(100):
        try:
            group.rmdir()
            return
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.02)
