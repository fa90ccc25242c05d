# SPDX-License-Identifier: Apache-2.0
"""What the generator makes of a config, good and bad, as systemd sees it."""

import json
import re
from collections.abc import Callable, Iterator

import pytest
from testhost import CONFIG, TestHost, unit


@pytest.fixture(scope="module", params=["debian-12", pytest.param("debian-13", marks=pytest.mark.long)])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host for this file's tests; no VM is started."""
    with boot_host(request.param) as host:
        for vm in ("alpha", "beta"):
            host.write_sources(vm)
        yield host


def verify(host: TestHost, *units: str) -> str:
    """What systemd-analyze has against these units."""
    paths = [f"/run/systemd/generator/{name}" for name in units]
    return host.container.run("systemd-analyze", "verify", *paths, check=False).stderr


def test_r4_r99_systemd_has_nothing_against_the_units(host: TestHost) -> None:
    session = '{ random = "base64:32", rotate = "monthly" }'
    store = '[store]\nidentity = "/etc/vmcred/identity.txt"\n\n'
    host.write_config(store + host.vm_config("alpha", secrets={"session": session}) + host.vm_config("beta"))
    names = [unit("alpha"), unit("beta"), "microvms.target", "vmcred-provider.socket", "vmcred-provider.service"]
    rotation = ["vmcred-rotate@alpha:session.timer", "vmcred-rotate@alpha:session.service"]
    for name in (*names, *rotation):
        assert host.container.properties(name, "LoadState")["LoadState"] == "loaded", name
    assert verify(host, *names) == ""  # of the others' names it would take what follows the colon for an alias


def exposure(host: TestHost, name: str) -> float:
    """The mark of systemd-analyze security: 10 is worst."""
    text = host.container.run("systemd-analyze", "security", "--no-pager", name).stdout
    return float(re.findall(r"Overall exposure level for \S+: ([0-9.]+)", text)[0])


def test_units_are_exposed_as_little_as_promised(host: TestHost) -> None:
    store = '[store]\nidentity = "/etc/vmcred/identity.txt"\n\n'
    host.write_config(store + host.vm_config("alpha", secrets={"session": '{ random = "base64:32" }'}))
    marks = {name: exposure(host, name) for name in (unit("alpha"), "vmcred-provider.service")}
    print(marks)
    assert marks[unit("alpha")] <= 2.5
    assert marks["vmcred-provider.service"] <= 1.5


def test_a_broken_vm_is_the_only_one_that_does_not_start(host: TestHost) -> None:
    host.write_config(host.vm_config("alpha") + host.vm_config("beta", "vcpu = 0"))
    assert "LoadCredential" in host.container.run("systemctl", "cat", unit("alpha")).stdout
    done = host.container.run("systemctl", "start", unit("beta"), check=False)
    assert done.returncode != 0
    assert "vcpu" in host.container.journal("--unit", unit("beta"))
    listed = host.container.run("vmcred", "unit", "list", check=False).stdout
    assert re.search(r"^ +beta: .*vcpu", listed, re.MULTILINE)
    host.container.run("systemctl", "reset-failed")


def test_a_config_that_cannot_be_parsed_stops_no_boot(host: TestHost) -> None:
    host.container.write(CONFIG, "[vms.alpha\n")
    host.container.reboot()
    assert host.container.run("systemctl", "is-active", "multi-user.target").stdout.strip() == "active"
    for vm in ("alpha", "beta"):
        host.write_sources(vm)  # /run was emptied


def test_r105_a_thousand_vms_are_made_without_delay(host: TestHost) -> None:
    # What counts here is that systemd takes them; the generator's own time is measured by ./dev bench.
    host.write_config("".join(host.vm_config(f"vm-{i}") for i in range(1000)))
    assert host.container.properties(unit("vm-999"), "LoadState")["LoadState"] == "loaded"


def test_unit_show_tells_what_was_made_and_why(host: TestHost) -> None:
    host.write_config(host.vm_config("alpha"))
    shown = host.container.run("vmcred", "unit", "show", "alpha").stdout
    assert "LoadCredential=host-api-key:" in shown
    assert "secrets.api-key" in shown


def test_a_template_of_somebody_else_gets_a_drop_in(host: TestHost) -> None:
    template = "[Service]\nExecStart=/bin/sleep infinity\n"
    host.container.write("/etc/systemd/system/microvm@.service", template)
    host.write_config(host.vm_config("alpha"))
    host.container.run("systemctl", "start", unit("alpha"))
    directory = f"/run/credentials/{unit('alpha')}"
    assert "host-api-key" in host.container.run("ls", directory).stdout
    assert host.container.properties(unit("alpha"), "NoNewPrivileges")["NoNewPrivileges"] == "yes"
    host.container.run("systemctl", "stop", unit("alpha"))
    host.container.run("rm", "/etc/systemd/system/microvm@.service")
    host.container.run("systemctl", "daemon-reload")


def test_vmcred_lists_the_vms_for_scripts(host: TestHost) -> None:
    host.write_config(host.vm_config("alpha") + host.vm_config("beta"))
    listed = json.loads(host.container.run("vmcred", "vm", "list", "--json").stdout)
    vms = listed["vms"] if isinstance(listed, dict) else listed
    assert {each["name"] for each in vms} == {"alpha", "beta"}
