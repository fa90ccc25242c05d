# SPDX-License-Identifier: Apache-2.0
"""Hypervisors with an API: what they are asked, in which order, and what happens when that goes wrong (R13, R77, W6)."""

import base64
import signal

import pytest
from scanner import Searcher

BOOTED = {
    "cloud-hypervisor": lambda requests: requests and requests[-1][1] == "/api/v1/vm.boot",
    "firecracker": lambda requests: requests and requests[-1][2] == {"action_type": "InstanceStart"},
}
# The request that has the secrets in its body, and what the config needs for that.
SECRET_REQUEST = {
    "cloud-hypervisor": ("/api/v1/vm.create", []),
    "firecracker": ("/mmds", ['transport = "mmds"', 'interfaces = [{ type = "tap", id = "tap0" }]']),
}

pytestmark = pytest.mark.parametrize("hypervisor", sorted(BOOTED))


def test_it_starts_and_stops_and_nothing_leaks(make_vm, hypervisor):
    vm = make_vm(hypervisor)
    vm.wait_for(lambda: BOOTED[hypervisor](vm.requests()), "it does not boot")
    assert vm.leaks() == []
    done = vm.stop()
    assert done.returncode == 0, done.stderr
    assert "the guest shut down" in done.stdout
    assert vm.end() == 0
    assert [path.name for path in (vm.directory / "run" / "web").iterdir()] == ["vmm.lock"]


def in_oem_strings(vm):
    strings = vm.requests()[0][2]["platform"]["oem_strings"]
    given = dict(text.removeprefix("io.systemd.credential.binary:").split("=", 1) for text in strings)
    return {name: base64.b64decode(value, validate=True) for name, value in given.items()}


def behind_initrd(vm):
    return vm.credentials_behind_initrd(vm.requests()[0][2]["initrd_path"])


CARRIED = {"cloud-hypervisor": in_oem_strings, "firecracker": behind_initrd}


def test_every_secret_gets_there(make_vm, hypervisor):
    vm = make_vm(hypervisor, keys={"guest.systemd": 257}, count=20)
    vm.wait_for(lambda: BOOTED[hypervisor](vm.requests()), "it does not boot")
    vm.assert_has_all(CARRIED[hypervisor](vm))


def test_a_second_start_is_refused(make_vm, hypervisor):
    vm = make_vm(hypervisor)
    vm.wait_for(lambda: BOOTED[hypervisor](vm.requests()), "it does not boot")
    first = vm.process
    vm.start()
    second, vm.process = vm.process, first
    assert second.wait(20) != 0
    assert f"it is running already (process {first.pid})" in vm.log
    assert first.poll() is None
    assert vm.stop().returncode == 0


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("echoes", "refused with status 400"),
        ("closes", "the connection was closed without an answer"),
        ("dies", "its hypervisor ended before it had its VM"),
    ],
)
def test_what_goes_wrong_ends_the_vm_and_says_so(make_vm, hypervisor, fault, said):
    path, lines = SECRET_REQUEST[hypervisor]
    vm = make_vm(hypervisor, lines=lines, extra_args=["--fault", f"{fault}:{path}"])
    code = vm.end()
    assert code == (9 if fault == "dies" else -signal.SIGKILL)
    vm.wait_for_log(said)
    if fault == "echoes":
        answered = (vm.directory / "refusals").read_bytes()
        for value in vm.values.values():
            assert Searcher([value.encode()]).spelling_in(answered) == "base64", "there was nothing to leak"
    assert vm.leaks() == []


def test_one_that_is_slow_starts_all_the_same(make_vm, hypervisor):
    vm = make_vm(hypervisor, extra_args=["--fault", "slow"])
    vm.wait_for(lambda: BOOTED[hypervisor](vm.requests()), "it does not boot")


def test_one_that_hangs_is_ended_by_its_stop(make_vm, hypervisor):
    path = {"cloud-hypervisor": "/api/v1/vm.power-button", "firecracker": "/actions"}[hypervisor]
    vm = make_vm(hypervisor, extra_args=["--fault", f"hangs:{path}"])
    vm.wait_for(lambda: len(vm.requests()) >= 2, "it does not come so far")
    done = vm.stop("--timeout", "1")
    assert done.returncode != 0
    assert "could not be asked to shut the guest down; it was ended" in done.stderr
    assert vm.end() != 0


def test_what_an_earlier_vm_left_is_no_hindrance(make_vm, hypervisor):
    vm = make_vm(hypervisor)
    vm.wait_for(lambda: BOOTED[hypervisor](vm.requests()), "it does not boot")
    vm.process.kill()
    vm.end()
    assert (vm.directory / "run" / "web" / "api.sock").exists()
    vm.record.unlink()
    vm.start()
    vm.wait_for(lambda: BOOTED[hypervisor](vm.requests()), "it does not boot again")
