# SPDX-License-Identifier: Apache-2.0
"""Starts that must fail, restarts, stops, and what is left of them."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from container import ContainerFailure
from testhost import SECRET_LENGTHS, TestHost, source, token, unit

VM = "test-vm"
UNIT = unit(VM)

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("stopped")]


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host for this file's tests alone."""
    with boot_host(request.param) as host:
        yield host


def start_fails(host: TestHost) -> str:
    """Starts the VM, expects that it does not, and gives what the journal says of the attempt."""
    with pytest.raises(ContainerFailure):
        host.start()
    return host.container.journal("--unit", UNIT)


def settled(host: TestHost) -> None:
    """Waits until systemd has given the unit up."""
    host.container.wait_until(lambda: host.state() in ("failed", "inactive"), "end of the attempts to start", 120)


def test_r2_r11_a_missing_source_fails_the_unit_and_no_vmm_starts(host: TestHost) -> None:
    host.container.run("rm", source(VM, "db-password"))
    journal = start_fails(host)
    settled(host)
    assert "qemu-system" not in host.container.run("ps", "-eo", "comm").stdout
    assert "243" in journal or "CREDENTIALS" in journal or "credentials" in journal


def test_r11_a_source_that_is_empty_fails_the_unit_and_names_it(host: TestHost) -> None:
    host.write_source(VM, "jwt-secret", b"")
    del host.values[f"{VM}/jwt-secret"]
    start_fails(host)
    settled(host)
    assert host.state() == "failed"
    assert "jwt-secret" in host.console_of()
    assert "qemu-system" not in host.container.run("ps", "-eo", "comm").stdout


def test_r21_a_failing_unit_gives_up_instead_of_looping_for_ever(host: TestHost) -> None:
    host.container.run("rm", source(VM, "db-password"))
    start_fails(host)
    host.container.wait_until(lambda: host.state() == "failed", "failed unit", 240)


def test_r21_r97_a_restart_hands_over_the_new_value_and_the_old_one_is_gone(host: TestHost) -> None:
    host.start()
    assert host.report["verified"] == 5
    old = host.values[f"{VM}/api-key"]
    host.write_source(VM, "api-key", token(20))
    host.container.run("systemctl", "restart", UNIT, timeout=240)
    again = host.report_of(VM)
    assert again["verified"] == 5
    assert {each["name"]: each["size"] for each in again["credentials"]}["API_KEY"] == 20
    host.values["old/api-key"] = old
    assert host.search_for_leaks() == []
    del host.values["old/api-key"]


def test_r9_r50_a_stop_shuts_the_guest_down_and_leaves_nothing(host: TestHost) -> None:
    host.start()
    assert host.report["verified"] == 5
    host.stop()
    shown = host.container.properties(UNIT, "ActiveState", "Result", "ExecMainStatus")
    assert (shown["ActiveState"], shown["Result"]) == ("inactive", "success")
    assert re.search(r"Power down|poweroff\.target|System Power Off", host.console_of()), "the guest did not shut down"
    assert not host.container.succeeds("test", "-e", f"/run/credentials/{UNIT}")
    assert not host.container.succeeds("test", "-e", f"/run/vmcred/{VM}/qmp.sock")
    assert not host.container.succeeds("getent", "passwd", f"microvm-{VM}")
    assert host.search_for_leaks(None) == []


def test_r23_secrets_still_arrive_after_all_state_was_removed(host: TestHost) -> None:
    host.start()
    host.stop()
    host.container.shell("rm -rf /var/lib/vmcred /var/lib/private/vmcred")
    host.start()
    assert host.report["verified"] == 5


def test_the_host_restarts_and_the_vm_starts_by_itself(host: TestHost) -> None:
    # The secrets are on a disk here, as this host has no secret manager that brings them back into memory.
    host.container.shell("mkdir -p -m 0700 /var/secrets && cp -a /run/secrets/vars/test-vm-secrets/. /var/secrets/")
    text = host.vm_config(VM, "autostart = true").replace("/run/secrets/vars/test-vm-secrets", "/var/secrets")
    host.write_config(text)
    host.container.reboot()
    host.container.wait_until(lambda: host.state() in ("active", "activating"), "start by itself", 60)
    assert host.report_of(VM)["verified"] == 5
    assert host.container.run("systemctl", "is-active", "microvms.target").stdout.strip() == "active"
    host.container.run("rm", "-r", "/var/secrets")


def test_w30_daemon_reloads_while_a_vm_starts_and_stops_do_no_harm(host: TestHost) -> None:
    def reload_often() -> int:
        for _ in range(40):
            host.container.run("systemctl", "daemon-reload")
        return 40

    with ThreadPoolExecutor() as pool:
        reloads = pool.submit(reload_often)
        host.start()
        assert host.report["verified"] == 5
        host.stop()
        assert reloads.result() == 40
    assert host.container.properties(UNIT, "Result")["Result"] == "success"


def test_r71_one_more_secret_is_one_more_line(host: TestHost) -> None:
    host.write_source(VM, "new-secret", token())
    host.write_config(host.vm_config(VM, secrets={"new-secret": f'{{ path = "{source(VM, "new-secret")}" }}'}))
    host.start()
    report = host.report
    assert report["verified"] == len(SECRET_LENGTHS) + 3
    assert "NEW_SECRET" in [each["name"] for each in report["credentials"]]
