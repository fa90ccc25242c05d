# SPDX-License-Identifier: Apache-2.0
"""What a VM is given besides its credentials, looked at from inside the guest: shares, volumes, interfaces, ports.

The guest is one without systemd; what it finds it says on its console.
"""

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fetched_tools import virtiofsd
from harness import BOOT_SECONDS, GUESTS, Guest, Vm, VmFailure

MACHINES = [
    Guest("devices", "q35", systemd=None),
    pytest.param(Guest("devices", "microvm", systemd=None), marks=pytest.mark.long),
    pytest.param(Guest("devices", "pc", systemd=None), marks=pytest.mark.long),
]
MACHINE_ID = "0123456789abcdef0123456789abcdef"
MAC = "02:00:00:01:01:01"  # R78
FOUND = re.compile(rb"^device ([a-z0-9-]+): ([^\r\n]*)", re.MULTILINE)


@dataclass
class DeviceVm(Vm):
    """A VM with one of everything."""

    def __post_init__(self) -> None:
        self.overlays = (GUESTS / "overlay-devices",)
        self.listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._answer, daemon=True).start()
        self.forwarded_port = free_port()

    def _answer(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            connection.sendall(b"from host\n")
            connection.close()

    def give_devices(self) -> None:
        """Makes what it is given, and writes that into its config."""
        for tag in ("by-virtiofs", "by-9p"):
            share = self.place.root / tag
            share.mkdir()
            share.chmod(0o777)
            (share / "from-host").write_text(f"from host {tag}\n")
        second = self.place.root / "second.img"
        second.write_bytes(b"of the host's own" + bytes(1 << 20))
        port = self.listener.getsockname()[1]
        self.kernel_params = (f"probe.port={port}",)
        self.settings += [
            "vcpu = 2",
            f'machine_id = "{MACHINE_ID}"',
            "balloon = {}",
            f'volumes = [{{ image = "{self.image}", size = 32, serial = "first", label = "data" }},'
            f' {{ image = "{second}", read_only = true }}]',
            f'shares = [{{ tag = "by-virtiofs", source = "{self.place.root}/by-virtiofs" }},'
            f' {{ tag = "by-9p", source = "{self.place.root}/by-9p", protocol = "9p" }}]',
            f'interfaces = [{{ type = "user", id = "net", mac = "{MAC}" }}]',
            "forward_ports = [{ host.address = \"127.0.0.1\", "
            f"host.port = {self.forwarded_port}, guest.port = 8080 }}]",
        ]

    @property
    def image(self) -> Path:
        return self.place.work / "volume.img"

    def environment(self) -> dict[str, str]:
        """With virtiofsd where the VM's user can reach it."""
        tools = self.place.guest / "tools"
        if not tools.exists():
            shutil.copytree(virtiofsd().parent, tools, symlinks=True)
        return super().environment() | {"PATH": f"{tools}:{os.environ['PATH']}"}

    def wait_until_found(self) -> dict[str, str]:
        """What the guest has found, by name."""
        deadline = time.monotonic() + BOOT_SECONDS
        while b"device end:" not in (said := self.place.console.read_bytes()):
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise VmFailure(f"the guest did not look at its devices\n{self.logs()}")
            time.sleep(0.1)
        return {name.decode(): text.decode() for name, text in FOUND.findall(said)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def vm(request: pytest.FixtureRequest, make_vm: Callable[..., Vm]) -> Iterator[DeviceVm]:
    virtiofsd()  # skips, visibly, where it is not to be had
    vm = make_vm(request.param, "devices", kind=DeviceVm)
    assert isinstance(vm, DeviceVm)
    vm.give_devices()
    vm.prepare()
    vm.start()
    yield vm
    vm.kill()


pytestmark = pytest.mark.parametrize("vm", MACHINES, ids=lambda guest: guest.id, indirect=True, scope="module")


def test_credentials_arrive_as_ever(vm: DeviceVm) -> None:
    """Promise 2, also where the guest's memory is shared and its devices are many."""
    assert vm.report["verified"] == vm.report["expected"] > 0


def test_the_guest_finds_what_it_was_given(vm: DeviceVm) -> None:
    """R77, R78: shares by both protocols, volumes, an interface, the machine's ID, CPUs."""
    found = vm.wait_until_found()
    assert found["by-virtiofs"] == "from host by-virtiofs"
    assert found["by-9p"] == "from host by-9p"
    assert found["volume"] == "written, first"
    assert found["second-volume"] == "of the host's ow, read-only 1"
    assert found["network"] == MAC
    assert found["cpus"] == "2"
    assert found["machine-id"] == MACHINE_ID


def test_the_guest_writes_into_its_shares(vm: DeviceVm) -> None:
    vm.wait_until_found()
    for tag in ("by-virtiofs", "by-9p"):
        assert (vm.place.root / tag / "from-guest").read_text() == f"from guest by {tag}\n"


def test_connections_reach_both_sides(vm: DeviceVm) -> None:
    """By the user's network: the guest reaches the host, and a forwarded port reaches the guest."""
    assert vm.wait_until_found()["host"] == "from host"
    with socket.create_connection(("127.0.0.1", vm.forwarded_port), timeout=20) as connection:
        assert connection.recv(64) == b"from guest\n"


def test_the_image_is_the_vms_own(vm: DeviceVm) -> None:
    """A missing image is made by the VM's user, sparse, and nobody else reads it."""
    status = vm.image.stat()
    assert status.st_size == 32 << 20 and status.st_blocks * 512 < status.st_size
    assert status.st_mode & 0o077 == 0 and status.st_uid != 0


def test_nothing_leaks(vm: DeviceVm) -> None:
    """Promise 1; W1, W2: virtiofsd shares the guest's memory, and neither it nor anything else shows a secret."""
    vm.wait_until_found()
    assert vm.search_for_leaks() == []


def test_a_share_that_ends_ends_the_vm(vm: DeviceVm) -> None:
    """A guest whose share is gone would hang in it for ever; the runner says what happened."""
    vm.wait_until_found()
    for pid in virtiofsds_of(vm):
        os.kill(pid, 9)
    assert vm.process is not None
    assert vm.process.wait(timeout=30) != 0
    assert "virtiofsd" in vm.place.runner_log.read_text()


def virtiofsds_of(vm: DeviceVm) -> list[int]:
    """The processes that share this VM's directories."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if f"--shared-dir={vm.place.root}/by-virtiofs".encode() in words:
            found.append(int(entry.parent.name))
    return found
