# SPDX-License-Identifier: Apache-2.0
"""Readiness from inside the guest, over a virtual socket that needs no kernel support (R79)."""

from collections.abc import Callable, Iterator

import pytest
from testhost import TestHost, unit

pytestmark = pytest.mark.long

VM = "test-vm"
UNIT = unit(VM)


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host with the vsock device; its guest's systemd knows the notify socket."""
    with boot_host(request.param, guest="debian-13") as host:
        if not host.container.succeeds("test", "-x", "/usr/bin/vhost-device-vsock"):
            pytest.skip("the program vhost-device-vsock is absent: test/tools/fetch-tools fetches it")
        host.write_sources(VM)
        settings = ["guest.systemd = 257", "vsock.cid = 3", 'vsock.device = "vhost-user"', "start_timeout = 240"]
        host.write_config(host.vm_config(VM, *settings))
        yield host


def test_r79_the_unit_starts_when_the_guest_is_ready_and_its_status_says_so(host: TestHost) -> None:
    assert host.container.properties(UNIT, "Type")["Type"] == "notify"
    host.container.run("systemctl", "--no-block", "start", UNIT)
    # The guest is not ready before it has found somebody to report to.
    assert host.report["verified"] >= 5
    host.container.wait_until(lambda: host.state() == "active", "word of the guest that it is ready", 60)
    assert "multi-user.target" in host.console_of()
    assert "Ready" in host.container.properties(UNIT, "StatusText")["StatusText"]


def test_r79_a_unit_whose_guest_has_not_booted_yet_is_still_activating(host: TestHost) -> None:
    host.stop()
    host.container.run("systemctl", "--no-block", "start", UNIT)
    host.container.wait_until(lambda: "Linux version" in host.console_of(), "first words of the guest", 120)
    assert host.state() == "activating"


def test_nothing_runs_on_when_the_unit_stops(host: TestHost) -> None:
    if host.state() != "active":
        host.start()
    host.stop()
    names = host.container.run("ps", "-eo", "comm").stdout
    assert "vhost-device" not in names
    assert "qemu-system" not in names
    assert host.container.properties(UNIT, "Result")["Result"] == "success"
