# SPDX-License-Identifier: Apache-2.0
"""A provider as systemd starts it, and clients that ask as PID 1 does."""

import contextlib
import os
import random
import select
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PROVIDER = Path(os.environ["VMCRED_PROVIDER_BIN"]).resolve()
REFUSAL = b"\n-- vmcred-provider: refused --\n"
MOST = 1 << 20  # what systemd takes at most
TEST_NOBODY = 65534


def unit_of(vm: str) -> str:
    return f"microvm@{vm}.service"


# --- control groups -------------------------------------------------------------------------------------------------


def group_root() -> Path | None:
    """Where systemd would make the groups of units: its own hierarchy of version 1, else the one of version 2."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    named = [Path(mount[1]) for mount in mounts if mount[2] == "cgroup" and "name=systemd" in mount[3].split(",")]
    unified = [Path(mount[1]) for mount in mounts if mount[2] == "cgroup2"]
    for line in Path("/proc/1/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        own = path.removesuffix("/init.scope").strip("/")
        if controllers == "name=systemd" and named:
            return named[0] / own
        if controllers == "" and unified:
            return unified[0] / own
    return None


def make_group(unit: str) -> Path:
    root = group_root()
    assert root is not None
    group = root / "system.slice" / unit
    group.mkdir(parents=True, exist_ok=True)
    return group


def remove_groups() -> None:
    """Those of clients that have ended."""
    root = group_root()
    units = ("microvm@*.service", "evil.service", "ssh.service")
    groups = [group for unit in units for group in (root / "system.slice").glob(f"{unit}/**/")] if root else []
    for group in sorted(groups, reverse=True):
        with contextlib.suppress(OSError):  # somebody is in it
            group.rmdir()


def can_make_groups() -> bool:
    try:
        make_group("microvm@vmcred-test.service").rmdir()
    except (OSError, AssertionError):
        return False
    return True


# --- clients --------------------------------------------------------------------------------------------------------


def pid1s_name(unit: str, credential: str) -> bytes:
    """The name that PID 1 binds its end to. Its number has no zeros in front."""
    return f"\0{random.getrandbits(64):x}/unit/{unit}/{credential}".encode()


@dataclass
class Asking:
    """A client in a process of its own."""

    pid: int
    pipe: int

    def answer(self, timeout: float = 20.0) -> bytes:
        """All that it was sent. Fails where it could not connect, and where the end takes too long."""
        parts: list[bytes] = []
        end = time.monotonic() + timeout
        while True:
            ready, _, _ = select.select([self.pipe], [], [], max(0.0, end - time.monotonic()))
            if not ready:
                self.leave()
                raise TimeoutError("no answer")
            part = os.read(self.pipe, 1 << 20)
            if not part:
                break
            parts.append(part)
        os.close(self.pipe)
        _, status = os.waitpid(self.pid, 0)
        assert status == 0, f"the client failed: {status}"
        return b"".join(parts)

    def is_waiting(self, for_seconds: float) -> bool:
        """Nothing has come yet, not even the end?"""
        return not select.select([self.pipe], [], [], for_seconds)[0]

    def leave(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)


@dataclass(frozen=True)
class How:
    """What a client does otherwise than PID 1."""

    name: bytes | None = None  # of its socket; b"": none
    group: str | None = None  # the unit whose control group it is in; "": of none
    user: int = 0
    pause: float = 0.0  # between connecting and reading


def ask(path: Path, unit: str, credential: str, how: How = How()) -> Asking:
    """Asks as the child of PID 1 does that is to become the unit's program."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Asking(pid, reader)
    code = 1
    try:
        os.close(reader)
        be_client(path, unit, credential, how, writer)
        code = 0
    except OSError as error:
        os.write(2, f"client: {error}\n".encode())
    finally:
        os._exit(code)


def be_client(path: Path, unit: str, credential: str, how: How, writer: int) -> None:
    group = unit if how.group is None else how.group
    if group:
        (make_group(group) / "cgroup.procs").write_text(str(os.getpid()))
    if how.user:
        os.setgroups([])
        os.setresgid(how.user, how.user, how.user)
        os.setresuid(how.user, how.user, how.user)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    name = pid1s_name(unit, credential) if how.name is None else how.name
    if name:
        connection.bind(name)
    connection.connect(str(path))
    connection.shutdown(socket.SHUT_WR)
    time.sleep(how.pause)
    while part := connection.recv(1 << 16):
        while part:
            part = part[os.write(writer, part) :]


def is_refusal(answer: bytes) -> bool:
    """Would systemd fail the unit?"""
    return len(answer) > MOST and REFUSAL in answer


# --- journald and PID 1 ---------------------------------------------------------------------------------------------


class Receiver:
    """Takes datagrams. The kernel keeps no more than ten on the way."""

    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        os.chmod(path, 0o666)
        self._seen: list[bytes] = []
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self) -> None:
        while True:
            self._seen.append(self._socket.recv(1 << 16))

    def take(self) -> list[bytes]:
        """All that came so far."""
        time.sleep(0.05)
        return list(self._seen)

    def wait_for(self, is_there: Callable[[list[bytes]], bool], timeout: float = 10.0) -> None:
        end = time.monotonic() + timeout
        while not is_there(self.take()):
            assert time.monotonic() < end, self._seen


def journal_fields(entry: bytes) -> dict[str, str]:
    """An entry of journald's native protocol."""
    fields = {}
    while entry:
        line, _, rest = entry.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:
            (size,) = struct.unpack("<Q", rest[:8])
            value, rest = rest[8 : 8 + size], rest[8 + size + 1 :]
        fields[name.decode()] = value.decode()
        entry = rest
    return fields


# --- the provider ---------------------------------------------------------------------------------------------------

# In a mount name space of its own /run/systemd is a folder of ours, with a journald of ours. Then what PID 1 does:
# the socket as descriptor 3.
START = """
mount --bind "$HOST_SYSTEMD" /run/systemd || exit 99
exec 3<&"$SOCKET_FD"
export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=vmcred-provider.socket
unset HOST_SYSTEMD SOCKET_FD
exec "$@"
"""


class Provider:
    """The program, with a socket that outlives it."""

    def __init__(self, place: Path, config: Path) -> None:
        self.place = place
        self.config = config
        self.socket_path = place / "provider.sock"
        self.reasons = place / "vmcred-provider"
        self.reasons.mkdir()
        systemd = place / "systemd"
        (systemd / "journal").mkdir(parents=True)
        for folder in (place, systemd, systemd / "journal"):
            folder.chmod(0o755)
        self.journald = Receiver(systemd / "journal" / "socket")
        self.manager = Receiver(place / "notify")
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.bind(str(self.socket_path))
        self._listener.listen(4096)
        self.socket_path.chmod(0o666)  # in real life nobody but root may open it; the provider itself must refuse, too
        self._process: subprocess.Popen[bytes] | None = None
        self.errors_path = place / "stderr"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self, *, prefix: tuple[str, ...] = (), environment: dict[str, str] | None = None) -> "Provider":
        ready_before = self._ready_messages()
        command = ["unshare", "--mount", "--propagation=private", "bash", "-c", START, "bash", *prefix]
        command += [str(PROVIDER), "--config", str(self.config)]
        variables = {
            "PATH": os.environ["PATH"],
            "HOST_SYSTEMD": str(self.place / "systemd"),
            "SOCKET_FD": str(self._listener.fileno()),
            "RUNTIME_DIRECTORY": str(self.reasons),
            "NOTIFY_SOCKET": str(self.place / "notify"),
        }
        with self.errors_path.open("ab") as errors:
            self._process = subprocess.Popen(
                command,
                env=variables | (environment or {}),
                pass_fds=[self._listener.fileno()],
                stderr=errors,
                stdout=errors,
                stdin=subprocess.DEVNULL,
            )
        self.manager.wait_for(lambda _: self._ready_messages() > ready_before or self._has_ended())
        assert not self._has_ended(), self.errors_path.read_text()
        return self

    def _ready_messages(self) -> int:
        return sum(b"READY=1" in message for message in self.manager.take())

    def _has_ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def end(self, with_signal: signal.Signals = signal.SIGTERM) -> int:
        """Returns its exit code; a signal's number below zero."""
        assert self._process is not None
        if not self._has_ended():
            self._process.send_signal(with_signal)
        code = self._process.wait(timeout=20)
        self._process = None
        return code

    def is_running(self) -> bool:
        return self._process is not None and not self._has_ended()

    def ask(self, vm: str, credential: str, how: How = How()) -> Asking:
        return ask(self.socket_path, unit_of(vm), credential, how)

    def get(self, vm: str, credential: str, how: How = How()) -> bytes:
        return self.ask(vm, credential, how).answer()

    def refuses(self, vm: str, credential: str, how: How = How()) -> str:
        """It must. Returns the reason that the unit finds."""
        assert is_refusal(self.get(vm, credential, how))
        return self.reason(vm)

    def reason(self, vm: str) -> str:
        path = self.reasons / unit_of(vm)
        return path.read_text() if path.exists() else ""

    def journal(self) -> list[dict[str, str]]:
        return [journal_fields(entry) for entry in self.journald.take()]

    def results(self) -> list[tuple[str, str, str]]:
        """Result, unit, credential of each answer."""
        return [
            (entry["VMCRED_RESULT"], entry.get("VMCRED_UNIT", ""), entry.get("VMCRED_CREDENTIAL", ""))
            for entry in self.journal()
            if "VMCRED_RESULT" in entry
        ]

    def everything_told(self) -> Iterator[bytes]:
        """All that it ever said to anybody but the units."""
        yield self.errors_path.read_bytes()
        yield from self.journald.take()
        yield from self.manager.take()
        for path in self.reasons.iterdir():
            yield path.read_bytes()
