# SPDX-License-Identifier: Apache-2.0
"""R87, R90-R96: starting, looking at and stopping VMs by `vmcred vm`, on a host with systemd."""

import json
from collections.abc import Callable, Iterator

import pytest
from testhost import TestHost, source, unit

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("stopped")]

VM = "test-vm"
FAILED = 6  # the VMM's or its unit's fault


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host for this file's tests alone."""
    with boot_host(request.param) as host:
        yield host


def status(host: TestHost) -> dict[str, object]:
    """Of the one VM, as data."""
    shown = json.loads(host.container.run("vmcred", "vm", "status", "--json").stdout)
    assert [each["name"] for each in shown] == [VM]
    return shown[0]


def test_r87_r90_a_vm_is_started_and_shown(host: TestHost) -> None:
    assert status(host)["active"] == "inactive"
    assert "vm test-vm: started" in host.container.run("vmcred", "vm", "start", VM, timeout=240).stdout
    shown = status(host)
    assert (shown["active"], shown["orphan"], shown["refusal"], shown["advice"]) == ("active", False, "", "")
    assert shown["process"] == int(host.inner_pid())
    text = host.container.run("vmcred", "vm", "status", VM).stdout
    assert "test-vm: active (running)" in text
    assert host.report["verified"] == 5


def test_r92_w24_the_logs_are_those_of_the_unit_and_not_what_a_console_claims(host: TestHost) -> None:
    host.container.run("vmcred", "vm", "start", VM, timeout=240)
    host.container.run("logger", f"UNIT={unit(VM)} Failed to set up credentials directory")
    logs = host.container.run("vmcred", "vm", "logs", VM).stdout
    assert "✓ Loaded API_KEY from credentials" in logs
    assert "Failed to set up credentials directory" not in logs


def test_r11_r98_a_start_that_fails_says_so_and_where_to_look(host: TestHost) -> None:
    host.container.run("rm", source(VM, "db-password"))
    done = host.container.run("vmcred", "vm", "start", VM, check=False, timeout=240)
    assert done.returncode == FAILED
    assert f"vmcred: error: vm '{VM}': {unit(VM)} did not start" in done.stderr
    assert f"vmcred vm logs {VM}" in done.stderr
    assert status(host)["active"] in ("failed", "activating")


def test_r97_a_restart_reads_the_secrets_again(host: TestHost) -> None:
    host.container.run("vmcred", "vm", "start", VM, timeout=240)
    before = host.main_pid()
    host.container.run("vmcred", "vm", "restart", VM, timeout=240)
    assert host.main_pid() != before
    assert host.report_of(VM)["verified"] == 5


def test_a_vm_that_the_config_has_no_longer_is_an_orphan_and_can_be_stopped(host: TestHost) -> None:
    host.container.run("vmcred", "vm", "start", VM, timeout=240)
    assert host.report["verified"] == 5
    host.write_config("")
    shown = status(host)
    assert shown["orphan"] is True
    assert shown["advice"] == f"not in the config any longer: vmcred vm stop {VM}"
    stopped = host.container.run("vmcred", "vm", "stop", VM, timeout=240)
    assert "the guest shut down" in stopped.stdout
    host.container.wait_until(lambda: host.state() != "active", "end of the unit", 30)


def test_r21_starts_by_hand_are_not_counted_as_a_failing_units_own(host: TestHost) -> None:
    host.container.run("rm", source(VM, "db-password"))
    for _ in range(7):
        done = host.container.run("vmcred", "vm", "start", VM, check=False, timeout=240)
        assert "repeated too quickly" not in done.stderr
    host.write_sources(VM)
    host.container.run("vmcred", "vm", "start", VM, timeout=240)


def test_a_config_that_systemd_has_not_read_is_not_started_from(host: TestHost) -> None:
    host.container.write("/etc/vmcred/vmcred.toml", host.vm_config("another"))
    done = host.container.run("vmcred", "vm", "start", "another", check=False)
    assert done.returncode != 0
    assert "systemctl daemon-reload" in done.stderr
