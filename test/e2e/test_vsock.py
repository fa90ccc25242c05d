# SPDX-License-Identifier: Apache-2.0
"""Guests with a virtio socket: how they tell the host's systemd that they are ready, and how one talks to them.

The device is vhost-device-vsock, which needs nothing of the host's kernel. The tests play systemd's part at the other
end of $NOTIFY_SOCKET. They run in this order: the last ones end the VM.
"""

import os
import pwd
import shlex
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from fetched_tools import vsock_device
from harness import BOOT_SECONDS, GUESTS, STATIC, USER, Guest, Vm, program

NATIVE = Guest("debian-13", "q35", systemd=257)
BY_PROGRAM = Guest("debian-12", "q35", systemd=252)  # too old for vmm.notify_socket
WITHOUT_PCI = Guest("debian-12", "microvm", systemd=252)

STATUS = {257: "STATUS=Ready.", 252: "STATUS=Ready, says vmcred-guest."}

pytestmark = pytest.mark.parametrize(
    "vm",
    [NATIVE, BY_PROGRAM, pytest.param(WITHOUT_PCI, marks=pytest.mark.long)],
    ids=lambda guest: guest.id,
    indirect=True,
    scope="module",
)


@dataclass
class Manager:
    """Stands in for the host's systemd: keeps what it is told, and when."""

    path: Path
    messages: list[tuple[float, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self.path.chmod(0o777)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while message := self._socket.recv(64 * 1024):
            self.messages.append((time.monotonic(), message.decode()))

    def lines(self) -> list[str]:
        return [line for _, message in self.messages for line in message.splitlines()]

    def wait_for(self, line: str, seconds: float) -> float:
        """When this line arrived."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for when, message in self.messages:
                if line in message.splitlines():
                    return when
            time.sleep(0.05)
        raise AssertionError(f"{line} did not arrive: {self.messages}")


@dataclass
class NotifyingVm(Vm):
    """A VM with a manager; the time at which its guest reported."""

    manager: Manager | None = field(default=None, init=False)
    reported_at: float = field(default=0.0, init=False)

    def environment(self) -> dict[str, str]:
        return super().environment() | {"NOTIFY_SOCKET": str(self.place.root / "notify")}


@pytest.fixture(scope="module")
def vm(request: pytest.FixtureRequest, make_vm: Callable[..., Vm]) -> Iterator[NotifyingVm]:
    """A VM of the guest that the test is run for, booted so far that it has reported."""
    guest = request.param
    vsock_device()  # or the tests are skipped
    made = make_vm(
        guest,
        "vsock",
        settings=["vsock.cid = 4242", 'vsock.device = "vhost-user"'],
        kernel_params=("vmcred.notify",) if guest.systemd == 252 else (),
        overlays=(GUESTS / "overlay-vsock",),
        kind=NotifyingVm,
    )
    made.install(vsock_device())
    made.manager = Manager(made.place.root / "notify")
    made.start()
    made.report  # noqa: B018  (waits for it)
    made.reported_at = time.monotonic()
    yield made
    made.kill()


def companions(vm: Vm) -> dict[str, int]:
    """The processes beside the VMM, by name."""
    children = Path(f"/proc/{vm.pid}/task/{vm.pid}/children").read_text().split()
    return {Path(f"/proc/{child}/comm").read_text().strip(): int(child) for child in children}


def is_running(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def wait_until_ended(pids: list[int]) -> None:
    deadline = time.monotonic() + 20
    while any(map(is_running, pids)):
        assert time.monotonic() < deadline, f"still there: {[pid for pid in pids if is_running(pid)]}"
        time.sleep(0.02)


def vmcred(vm: Vm, *words: str) -> list[str]:
    return [str(program("VMCRED_BIN")), "vm", words[0], vm.name, *words[1:], "--config", str(vm.place.config)]


def test_guest_says_that_it_is_ready(vm: NotifyingVm) -> None:
    """R79, W17: as soon as it is, and once."""
    assert vm.manager is not None
    ready_at = vm.manager.wait_for("READY=1", BOOT_SECONDS)
    print(f"READY=1 {ready_at - vm.reported_at:.2f} s after the report")
    assert ready_at - vm.reported_at < 20
    vm.manager.wait_for(STATUS[vm.guest.systemd], 20)
    assert vm.manager.lines().count("READY=1") == 1


def test_systemd_is_told_what_goes_on_before(vm: NotifyingVm) -> None:
    """The runner's own words come first."""
    assert vm.manager is not None
    assert vm.manager.lines()[:2] == ["STATUS=Reading credentials", "STATUS=Starting the guest"]


def test_guests_targets_are_told(vm: NotifyingVm) -> None:
    """Only a systemd that knows vmm.notify_socket tells them."""
    assert vm.manager is not None
    active = [line for line in vm.manager.lines() if line.startswith("X_SYSTEMD_UNIT_ACTIVE=")]
    assert active if vm.guest.systemd == 257 else not active


def test_address_is_a_credential_like_the_others(vm: NotifyingVm) -> None:
    """In the manifest, or the guest would call it undeclared."""
    states = {entry["name"]: entry["state"] for entry in vm.report["credentials"]}
    assert states == dict.fromkeys([s.credential for s in vm.secrets] + [*STATIC, "vmm.notify_socket"], "ok")
    assert vm.report["undeclared"] == []


def test_companions_have_no_more_rights_than_the_vm(vm: NotifyingVm) -> None:
    """Its user, no capability, no way to get one; and no secret, as the scan of all processes shows."""
    found = companions(vm)
    assert sorted(found) == ["vhost-device-vs", "vmcred-notify"]
    user = pwd.getpwnam(USER)
    for pid in found.values():
        status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert status["Uid"].split() == [str(user.pw_uid)] * 4
        assert status["NoNewPrivs"].strip() == "1"
        assert all(int(status[kind], 16) == 0 for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"))
    assert vm.search_for_leaks() == []


def test_relay_holds_what_it_needs_only(vm: NotifyingVm) -> None:
    descriptors = sorted(os.readlink(link) for link in Path(f"/proc/{companions(vm)['vmcred-notify']}/fd").iterdir())
    assert descriptors[:3] == ["/dev/null"] * 3
    assert [name.split(":")[0] for name in descriptors[3:]] == ["anon_inode", "socket"], descriptors


def test_console_is_a_terminal_in_the_guest(vm: NotifyingVm) -> None:
    """Lines go there and back, and ^] leaves it."""
    with subprocess.Popen(
        vmcred(vm, "console"), env=vm.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as console:
        assert console.stdin is not None and console.stdout is not None
        console.stdin.write(b"are you there\r")
        console.stdin.flush()
        said = b""
        while b"heard are you there" not in said:
            piece = os.read(console.stdout.fileno(), 4096)
            assert piece, said
            said += piece
        console.stdin.write(b"\x1d")
        console.stdin.flush()
        assert console.wait(timeout=20) == 0


def test_connects_to_a_port_of_the_guest(vm: NotifyingVm) -> None:
    with subprocess.Popen(
        vmcred(vm, "connect", "22"), env=vm.environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as echo:
        assert echo.stdin is not None and echo.stdout is not None
        # No more at once: vhost-device-vsock 0.3.0 itself stalls when 64 KiB go through it both ways.
        text = bytes(range(256)) * 16
        echo.stdin.write(text)
        echo.stdin.flush()
        heard = b""
        while len(heard) < len(text):
            piece = os.read(echo.stdout.fileno(), 4096)
            assert piece, len(heard)
            heard += piece
        assert heard == text
        echo.kill()


def test_a_port_without_a_listener_is_said_to_be_one(vm: NotifyingVm) -> None:
    done = subprocess.run(vmcred(vm, "connect", "23"), env=vm.environment(), capture_output=True, text=True, check=False)
    assert done.returncode == 6
    assert "nobody listens on port 23 of the guest" in done.stderr


def test_ssh_takes_that_way(vm: NotifyingVm, tmp_path: Path) -> None:
    """What ssh is called with; and its proxy command, run as ssh does it, reaches the guest."""
    ssh = tmp_path / "ssh"
    ssh.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    ssh.chmod(0o755)
    environment = vm.environment()
    environment["PATH"] = f"{tmp_path}:{environment['PATH']}"
    command = [str(program("VMCRED_BIN")), "vm", "ssh", "--config", str(vm.place.config), vm.name, "--"]

    def words(*further: str) -> list[str]:
        return subprocess.check_output([*command, *further], env=environment, text=True).splitlines()

    called = words("uname", "-a")
    assert called[-5:] == ["-l", "root", vm.name, "uname", "-a"]
    assert words("-l", "alice")[-3:] == [vm.name, "-l", "alice"]
    proxy = called[1].removeprefix("ProxyCommand=").replace("%%", "%")
    assert shlex.split(proxy)[1:5] == ["vm", "connect", vm.name, "22"]
    with subprocess.Popen(
        ["sh", "-c", f"exec {proxy}"], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as connection:
        assert connection.stdin is not None and connection.stdout is not None
        connection.stdin.write(b"SSH-2.0-test\r\n")
        connection.stdin.flush()
        assert os.read(connection.stdout.fileno(), 64) == b"SSH-2.0-test\r\n"
        connection.kill()


def test_nothing_outlives_the_vm(vm: NotifyingVm) -> None:
    """A clean stop, told to systemd; or a hypervisor that is killed: no companion is left."""
    assert vm.manager is not None and vm.process is not None
    pids = list(companions(vm).values())
    assert len(pids) == 2
    if vm.guest is BY_PROGRAM:
        vm.process.send_signal(signal.SIGKILL)
        vm.process.wait(timeout=20)
    else:
        assert vm.end.stop.returncode == 0, vm.end.stop.stderr
        assert vm.end.exit_code == 0 and vm.end.by_guest
        assert any(line.startswith("STATUS=Stopping: asking the guest") for line in vm.manager.lines())
        assert [path.name for path in vm.runtime.iterdir()] == ["vmm.lock"]  # it holds no lock any more
    wait_until_ended(pids)
    assert vm.search_for_leaks() == []
