# SPDX-License-Identifier: Apache-2.0
"""`machined = true`: machinectl knows the VM while it runs, and no longer (R90, R91)."""

import pytest
from leftovers import new_things, all_that_is_there
from testhost import TestHost, unit

pytestmark = pytest.mark.usefixtures("cleared")

VM = "registered"


def machines(host: TestHost) -> list[str]:
    return host.container.run("machinectl", "list", "--no-legend", "--no-pager").stdout.split()


def test_r90_machinectl_shows_the_vm_as_long_as_it_runs(stand_in_host: TestHost) -> None:
    host = stand_in_host
    for vm in (VM, "private"):
        host.write_sources(vm)
    host.write_config(host.stand_in_config(VM, "machined = true") + host.stand_in_config("private"))
    host.start(VM)
    host.start("private")
    assert VM in machines(host)
    assert "private" not in machines(host)
    shown = host.container.run("machinectl", "show", VM).stdout.splitlines()
    assert {"Class=vm", "Service=vmcred", f"Leader={host.inner_pid(VM)}", f"Unit={unit(VM)}"} <= set(shown)
    status = host.container.run("machinectl", "status", "--no-pager", VM).stdout
    assert unit(VM) in status
    assert not [value for value in host.values.values() if value.decode() in status]
    host.stop(VM)
    assert machines(host) == []
    assert host.container.properties(unit(VM), "Result")["Result"] == "success"


def test_a_hypervisor_that_is_killed_is_forgotten_too(stand_in_host: TestHost) -> None:
    host = stand_in_host
    host.write_sources(VM)
    host.write_config(host.stand_in_config(VM, "machined = true"))
    host.start(VM)
    assert VM in machines(host)
    host.container.run("kill", "-KILL", host.inner_pid(VM))
    host.container.wait_until(lambda: VM not in machines(host), "end of the registration", 20)
    # Restart=on-failure.
    host.container.wait_until(lambda: VM in machines(host), "registration of the VM that came up again", 20)


def test_machinectl_can_end_the_vm(stand_in_host: TestHost) -> None:
    host = stand_in_host
    host.write_sources(VM)
    host.write_config(host.stand_in_config(VM, "machined = true"))
    host.start(VM)
    host.wait_for_stand_in(VM)
    host.container.run("machinectl", "terminate", VM)
    host.container.wait_until(lambda: host.state(VM) in ("inactive", "failed"), "end of the unit", 60)
    assert machines(host) == []
