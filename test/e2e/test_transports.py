# SPDX-License-Identifier: Apache-2.0
"""Every way into every kind of guest, with QEMU and vmcred's own runner: few credentials, many, and the largest."""

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from conftest import SEED
from fetched_tools import vsock_device
from harness import STATIC, Guest, Secret, Vm, demo_secrets, program, unique

SYSTEMD = {"debian-12": 252, "debian-13": 257, "busybox": None}
MACHINES = ("q35", "pc", "microvm")
TRANSPORTS = ("auto", "smbios", "fw_cfg", "initrd", "vsock", "virtio-serial")
SOUGHT = 10  # of many secrets; the whole host is searched for each of them
MEBIBYTE = 1024 * 1024  # the most that systemd takes, so the most by any way


@dataclass(frozen=True)
class Cell:
    """One way into one kind of guest."""

    guest: Guest
    transport: str

    @property
    def id(self) -> str:
        return f"{self.guest.id}-{self.transport}"

    @property
    def many(self) -> int:
        """How many secrets it is tried with. systemd before 257 reads a page of a structure, and so of the manifest."""
        return 40 if (self.transport, self.guest.systemd) == ("smbios", 252) else 200

    @property
    def settings(self) -> list[str]:
        vsock = ["vsock.cid = 4242", 'vsock.device = "vhost-user"'] if self.transport == "vsock" else []
        return [f'transport = "{self.transport}"', *vsock]


CELLS = [
    Cell(Guest(name, machine, systemd), transport)
    for name, systemd in SYSTEMD.items()
    for machine in MACHINES
    for transport in TRANSPORTS
    if (machine, transport) != ("microvm", "smbios")  # it has none
]


def each_cell(*usual: str) -> pytest.MarkDecorator:
    """All cells; those that `usual` does not name are for the long run."""
    assert set(usual) <= {cell.id for cell in CELLS}
    marks = {cell: [] if cell.id in usual else [pytest.mark.long] for cell in CELLS}
    return pytest.mark.parametrize("cell", [pytest.param(cell, id=cell.id, marks=marks[cell]) for cell in CELLS])


@pytest.fixture
def make_cell(make_vm: Callable[..., Vm], request: pytest.FixtureRequest) -> Callable[[Cell, list[Secret]], Vm]:
    """Makes the VM of a cell, with these secrets, and those of the demo that are this test's own."""

    def make(cell: Cell, given: list[Secret]) -> Vm:
        device = vsock_device() if cell.transport == "vsock" else None  # or the test is skipped
        vm = make_vm(cell.guest, request.node.name, settings=cell.settings, given=given)
        if device:
            vm.install(device)
        return vm

    return make


def expect_whole(vm: Vm) -> None:
    """The guest has every credential, byte for byte, and nothing else."""
    sizes = {secret.credential: len(secret.value) for secret in vm.secrets}
    sizes |= {name: len(value) for name, value in STATIC.items()}
    report = vm.report
    assert report["manifest"] == "ok"
    assert {entry["name"]: entry["size"] for entry in report["credentials"] if entry["state"] == "ok"} == sizes
    assert report["undeclared"] == []


@each_cell("q35-debian-12-vsock", "microvm-busybox-initrd")
def test_few_arrive(cell: Cell, make_cell: Callable[[Cell, list[Secret]], Vm]) -> None:
    """Promises 1, 2 and 7: whole in the guest, nowhere else on the host, and the guest ends when asked to."""
    expect_all_arrive(cell, 4, make_cell)


@each_cell("q35-debian-12-auto", "microvm-debian-13-virtio-serial", "microvm-busybox-initrd")
def test_many_arrive(cell: Cell, make_cell: Callable[[Cell, list[Secret]], Vm]) -> None:
    """Promise 7: 200 where the way carries so many, whatever QEMU has room for unless it is asked to make some (W15)."""
    expect_all_arrive(cell, cell.many, make_cell)


def expect_all_arrive(cell: Cell, count: int, make_cell: Callable[[Cell, list[Secret]], Vm]) -> None:
    rng = random.Random(f"{SEED} {cell.id} {count}")
    of_the_demo = 3
    values = [rng.randbytes(20 + number % 100) for number in range(count - of_the_demo)]
    given = [Secret(f"number-{i}", value, value if i < SOUGHT else None) for i, value in enumerate(values)]
    vm = make_cell(cell, given)
    assert len(vm.secrets) == count
    vm.start()
    expect_whole(vm)
    assert vm.search_for_leaks() == []
    assert vm.end.exit_code == 0
    assert vm.end.by_guest


@each_cell("q35-debian-12-smbios", "pc-debian-13-fw_cfg")
def test_largest_arrives_and_one_byte_more_is_refused(
    cell: Cell, make_cell: Callable[[Cell, list[Secret]], Vm]
) -> None:
    """Promise 2; W12, W15: nothing is cut or lost, up to the last byte of name and value that vmcred lets through."""
    name = "n" * longest_name(cell)
    vm = make_cell(cell, [unique(name, b"x")])
    size = largest_size(vm, name)
    assert size >= least_size(cell)
    assert "hint: " in refusal(vm, Secret(name, bytes(size + 1), canary=None))
    replace_secret(vm, unique(name + "n", b"x"))
    assert str(len(name)) in refusal(vm, vm.secrets[-1])
    replace_secret(vm, unique(name, random.Random(f"{SEED} {cell.id}").randbytes(size)))
    vm.start()
    expect_whole(vm)
    assert vm.search_for_leaks() == []
    assert vm.end.exit_code == 0


def longest_name(cell: Cell) -> int:
    """In characters; docs/limits.md says where they come from."""
    return 28 if cell.transport == "fw_cfg" else 250


def least_size(cell: Cell) -> int:
    """What a value may have at least in bytes, or the transport would be of little use."""
    if cell.transport == "smbios":
        return 2_800 if cell.guest.systemd == 252 else 40_000
    other_credentials = 6  # those of the demo, static ones, the manifest: a page each (docs/limits.md)
    return MEBIBYTE - other_credentials * 4096


def largest_size(vm: Vm, name: str) -> int:
    """How many bytes the secret of this name may have, by vmcred's own word, which the guest then proves."""
    fits, too_large = 1, MEBIBYTE + 1
    while too_large - fits > 1:
        size = (fits + too_large) // 2
        if refusal(vm, Secret(name, bytes(size), canary=None)):
            too_large = size
        else:
            fits = size
    return fits


def refusal(vm: Vm, secret: Secret) -> str:
    """What vmcred says where it would not start the VM with this secret; nothing where it would."""
    vm.write_source(secret)
    command = [program("VMCRED_BIN"), "vm", "run", vm.name, "--config", vm.place.config, "--dry-run"]
    run = subprocess.run(command, env=vm.environment(), capture_output=True, text=True, timeout=60, check=False)
    assert (run.returncode != 0) == ("error: " in run.stderr)
    return run.stderr if run.returncode != 0 else ""


def replace_secret(vm: Vm, secret: Secret) -> None:
    """Another secret in the place of the last."""
    vm.secrets[-1] = secret
    vm.write_source(secret)
    vm.place.config.write_text(vm.config_text())
