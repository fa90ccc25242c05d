# SPDX-License-Identifier: Apache-2.0
"""What starts by itself when the host does, and what does not (R90, R94)."""

import pytest
from testhost import TestHost, unit

pytestmark = pytest.mark.usefixtures("cleared")

# Where secrets survive a restart, unlike those of a secret manager: on the disk of this worthless host.
KEPT = "/var/secrets"


def test_r90_r94_vms_come_up_with_the_host_but_for_those_with_autostart_off(stand_in_host: TestHost) -> None:
    host = stand_in_host
    settings = {"comes": "autostart = true", "stays-away": "autostart = false", "comes-too": "machined = true"}
    for vm in settings:
        host.write_sources(vm)
    host.container.run("cp", "-r", "/run/secrets/vars", KEPT)
    text = "".join(host.stand_in_config(vm, setting) for vm, setting in settings.items())
    host.write_config(text.replace("/run/secrets/vars", KEPT))
    host.container.reboot()
    assert host.container.run("systemctl", "is-active", "microvms.target").stdout.strip() == "active"
    states = {vm: host.state(vm) for vm in settings}
    assert states == {"comes": "active", "stays-away": "inactive", "comes-too": "active"}
    for vm in ("comes", "comes-too"):
        host.wait_for_stand_in(vm)
        assert "stand-in: fault" not in host.console_of(vm)
    assert "comes-too" in host.container.run("machinectl", "list", "--no-legend").stdout.split()
    # By hand it starts all the same, and to stop all of them at once is one command.
    host.start("stays-away")
    host.wait_for_stand_in("stays-away")
    assert unit("stays-away") not in host.container.run("systemctl", "list-dependencies", "microvms.target").stdout
    host.clear()
    host.container.run("rm", "-r", KEPT)
    host.values.clear()
