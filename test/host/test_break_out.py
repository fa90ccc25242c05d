# SPDX-License-Identifier: Apache-2.0
"""A hypervisor that its guest has taken over: what it gets at from within its unit (R8, R43-R45, W2, W5)."""

import re

import pytest
from testhost import HOSTILE, TestHost, unit

pytestmark = pytest.mark.usefixtures("cleared")

VICTIM = "victim"
ATTACKER = "attacker"
# What root gets at here, or every attempt could be one that works nowhere.
BY_ROOT = {
    "QMP",
    "become root",
    "credential",
    "credentials directory",
    "device /dev/net/tun",
    "environment",
    "memory",
    "memory files",
    "mount",
    "new user name space",
    "other processes",
    "process",
    "raw packets",
    "read the journal of another",
    "reload systemd",
    "root of its name space",
    "runtime directory",
    "set-user-ID file",
    "signal",
    "source of a secret",
    "start a unit",
    "stop the unit",
    "write below /etc",
    "write below /run",
    "write below /usr",
    "write below /var",
}


def got(said: str) -> set[str]:
    """What it got at. It has come to its end."""
    tried = re.search(r"hostile: tried ([0-9]+)", said)
    assert tried and int(tried[1]) > 40
    return set(re.findall(r"hostile: got (.*)", said))


def test_w2_w5_a_hypervisor_that_was_taken_over_gets_at_nothing(stand_in_host: TestHost) -> None:
    host = stand_in_host
    for vm in (VICTIM, ATTACKER):
        host.write_sources(vm)
    host.write_config(host.stand_in_config(VICTIM))
    host.start(VICTIM)
    host.wait_for_stand_in(VICTIM)
    orders = [f"attack.vm={VICTIM}", f"attack.pid={host.inner_pid(VICTIM)}"]
    attacker = host.vm_config(ATTACKER, f'program = "{HOSTILE}"').replace("mitigations=off", '", "'.join(orders))
    host.write_config(host.stand_in_config(VICTIM) + attacker)
    host.start(ATTACKER)
    host.container.wait_until(lambda: "hostile: tried" in host.console_of(ATTACKER), "end of the attack", 60)
    assert got(host.console_of(ATTACKER)) == set()
    assert host.state(VICTIM) == "active"
    assert not host.container.succeeds("test", "-e", "/etc/attack")
    by_root = got(host.container.run(HOSTILE, *orders).stdout)
    print(sorted(by_root))
    assert by_root >= BY_ROOT
    assert host.container.run("systemctl", "is-active", unit(VICTIM), check=False).stdout.strip() != "active"
