# SPDX-License-Identifier: Apache-2.0
"""Real hypervisors hand over real secrets: QEMU, and each other one that the environment names.

VMCRED_TEST_CLOUD_HYPERVISOR=/path/to/cloud-hypervisor and so on. They need a KVM that the VM's user may open.
"""

import fcntl
import grp
import os
import random
import struct
from collections.abc import Callable, Iterator

import pytest
from conftest import SEED
from harness import Guest, Vm, processes_in, unique
from probe import HYPERVISORS, Hypervisor, ProbeVm

GUEST = Guest("probe", "q35", systemd=252)
MAKE = Callable[..., Vm]
PROBE = Callable[..., ProbeVm]

# What "auto" comes to with these tests' secrets: a page is too small for them, where the guest may be of any age.
BY_ITSELF = {hypervisor.name: "initrd" for hypervisor in HYPERVISORS} | {"qemu": "smbios"}

# Of <linux/kvm.h>: the request, and an entry of its answer (leaf, index, flags, the four registers, padding).
KVM_GET_SUPPORTED_CPUID = 0xC008AE05
CPUID_ENTRY = struct.Struct("<7I12x")

# How each one can be told to carry the set. "auto" is what users get.
CASES = [(hypervisor, "auto") for hypervisor in HYPERVISORS] + [
    (hypervisor, transport)
    for hypervisor in HYPERVISORS
    for transport in ("smbios", "initrd")
    if (hypervisor.name, transport) in {("qemu", "initrd"), ("cloud-hypervisor", "smbios"), ("cloud-hypervisor", "initrd")}
]


@pytest.fixture
def probe_vm(make_vm: MAKE) -> Iterator[PROBE]:
    """Makes VMs that are ready to start, with the secrets that a transport is for. They end with the test."""
    made: list[ProbeVm] = []

    def make(hypervisor: Hypervisor, transport: str, **further: object) -> ProbeVm:
        skip_unless_it_can_run(hypervisor)
        vm = make_vm(GUEST, f"{hypervisor.name} {transport}", kind=ProbeVm, hypervisor=hypervisor, **further)
        assert isinstance(vm, ProbeVm)
        made.append(vm)
        vm.settings.append(f'transport = "{transport}"')
        if transport == "smbios":
            vm.secrets = vm.secrets[:3]  # what fits a page
        elif hypervisor.name == "qemu" and transport == "auto":  # by fw_cfg, where the probe does not look
            vm.secrets = [secret for secret in vm.secrets if secret.name != "large"]
        vm.prepare()
        return vm

    yield make
    for vm in made:
        vm.kill()  # some run on when the probe has powered off


def skip_unless_it_can_run(hypervisor: Hypervisor) -> None:
    if hypervisor.program is None:
        pytest.skip(f"${hypervisor.variable} names no program")
    if hypervisor.name != "qemu" and not kvm_is_open_to_group():
        pytest.skip("/dev/kvm is not open to the group kvm, in which the VM's user is")
    if hypervisor.name == "alioth" and not kvm_maps_gibibytes():
        pytest.skip("Alioth starts a kernel on 1 GiB pages, asked or not, which this KVM gives no guest")


def kvm_is_open_to_group() -> bool:
    """May a VM's user use KVM, as on any host that is set up for VMs?"""
    try:
        status = os.stat("/dev/kvm")
        return status.st_gid == grp.getgrnam("kvm").gr_gid and status.st_mode & 0o060 == 0o060
    except (FileNotFoundError, KeyError):
        return False


def kvm_maps_gibibytes() -> bool:
    """May a guest's page table have entries of 1 GiB? (KVM_GET_SUPPORTED_CPUID: leaf 0x80000001, EDX bit 26.)"""
    most = 256
    answer = bytearray(struct.pack("<II", most, 0).ljust(8 + most * CPUID_ENTRY.size, b"\0"))
    with open("/dev/kvm", "rb", buffering=0) as kvm:
        fcntl.ioctl(kvm, KVM_GET_SUPPORTED_CPUID, answer)
    (count,) = struct.unpack_from("<I", answer)
    entries = CPUID_ENTRY.iter_unpack(answer[8 : 8 + count * CPUID_ENTRY.size])
    return any(leaf == 0x80000001 and edx >> 26 & 1 for leaf, _, _, _, _, _, edx in entries)


def expect_all(vm: ProbeVm, got: dict[str, bytes]) -> None:
    """The guest has exactly what the config declares, byte for byte, and the manifest."""
    got = dict(got)
    for secret in vm.secrets:
        assert got.pop(secret.credential) == secret.value, secret.name
    assert got.pop("ENVIRONMENT") == b"test" and got.pop("CLUSTER") == b"britton-desktop"
    assert list(got) == ["vmcred.manifest"]


@pytest.mark.parametrize(("hypervisor", "transport"), CASES, ids=lambda value: getattr(value, "name", value))
def test_every_byte_arrives(hypervisor: Hypervisor, transport: str, probe_vm: PROBE) -> None:
    """Promises 2 and 7; R13, R14, R61, W8, W16, W26: all by one way, which is the one that was asked for."""
    vm = probe_vm(hypervisor, transport)
    vm.start()
    ways = {"smbios": vm.told.by_oem_strings, "initrd": vm.told.by_initrd}
    used = [name for name, credentials in ways.items() if credentials]
    assert used == [BY_ITSELF[hypervisor.name] if transport == "auto" else transport]
    expect_all(vm, ways[used[0]])
    assert ("rdinit=/.vmcred/init" in vm.told.command_line.split()) == (used == ["initrd"])


@pytest.mark.parametrize(("hypervisor", "transport"), CASES, ids=lambda value: getattr(value, "name", value))
def test_nothing_leaks(hypervisor: Hypervisor, transport: str, probe_vm: PROBE) -> None:
    """Promise 1; R46-R48, W1, W2, W6: while it runs, and when it has been stopped."""
    vm = probe_vm(hypervisor, transport, quiet=True)
    vm.start()
    vm.wait_until_told()
    assert vm.search_for_leaks() == []
    assert vm.stop_by_force() == 0
    assert processes_in(vm.place.work) == []
    assert vm.search_for_leaks() == []


@pytest.mark.parametrize("hypervisor", HYPERVISORS, ids=lambda hypervisor: hypervisor.name)
def test_two_hundred_credentials_arrive(hypervisor: Hypervisor, probe_vm: PROBE) -> None:
    """Promise 7; W15: also more than any native transport of most of them has room for."""
    vm = probe_vm(hypervisor, "initrd")
    rng = random.Random(f"{SEED} two hundred {hypervisor.name}")
    vm.secrets = [unique(f"number-{number}", rng.randbytes(100)) for number in range(200)]
    vm.prepare()
    vm.start()
    expect_all(vm, vm.told.by_initrd)
    assert vm.told.by_oem_strings == {}
