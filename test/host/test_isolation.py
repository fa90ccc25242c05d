# SPDX-License-Identifier: Apache-2.0
"""Two VMs on one host: as each one's user, everything of the other's is tried, and must fail (R8, W2, W5)."""

from collections.abc import Callable, Iterator

import pytest
from testhost import TestHost, unit

pytestmark = pytest.mark.long

VMS = ("alpha", "beta")


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host on which two VMs run."""
    with boot_host(request.param) as host:
        for vm in VMS:
            host.write_sources(vm)
        host.write_config("".join(host.vm_config(vm) for vm in VMS))
        for vm in VMS:
            host.start(vm)
        for vm in VMS:
            assert host.report_of(vm)["verified"] == 5
        yield host


def other(vm: str) -> str:
    return next(each for each in VMS if each != vm)


@pytest.mark.parametrize("vm", VMS)
def test_each_vm_has_a_user_of_its_own(host: TestHost, vm: str) -> None:
    assert host.uid(vm) not in ("0", host.uid(other(vm)))


def attempts(host: TestHost, victim: str) -> dict[str, list[str]]:
    """What an attacker who has become another VM's user may try."""
    pid = host.inner_pid(victim)
    return {
        "credential": ["cat", f"/run/credentials/{unit(victim)}/host-api-key"],
        "credential, by the process": ["cat", f"/proc/{pid}/root/run/credentials/{unit(victim)}/host-api-key"],
        "credentials directory": ["ls", f"/run/credentials/{unit(victim)}"],
        "runtime directory": ["ls", f"/run/vmcred/{victim}/"],
        "state directory": ["ls", f"/var/lib/vmcred/{victim}/"],
        "environment": ["cat", f"/proc/{pid}/environ"],
        "memory": ["dd", f"if=/proc/{pid}/mem", "of=/dev/null", "bs=1", "count=1"],
        "open files": ["ls", f"/proc/{pid}/fd/"],
        "memory map": ["cat", f"/proc/{pid}/maps"],
        "signal": ["kill", "-0", pid],
        "source": ["cat", f"/run/secrets/vars/{victim}-secrets/api-key"],
        "provider": ["sh", "-c", "test -w /run/vmcred/provider.sock"],
    }


@pytest.mark.parametrize("vm", VMS)
def test_r8_w2_the_other_vms_user_gets_at_nothing(host: TestHost, vm: str) -> None:
    user = host.uid(other(vm))
    tried = attempts(host, vm)
    got = [what for what, words in tried.items() if host.container.run(*words, user=user, check=False).returncode == 0]
    assert got == []
    # As root each of them works, so it is the user that makes the difference and not a wrong path.
    by_root = [what for what, words in tried.items() if host.container.run(*words, check=False).returncode != 0]
    assert set(by_root) <= {"provider", "state directory", "memory"}


@pytest.mark.parametrize("vm", VMS)
def test_w5_the_unit_does_not_see_the_others_things_at_all(host: TestHost, vm: str) -> None:
    """Within the unit's own name space, where a broken-out VMM would be."""
    enter = ["nsenter", f"--target={host.inner_pid(vm)}", "--mount", "--"]
    seen = host.container.run(*enter, "ls", "/run/credentials", check=False).stdout.split()
    assert unit(other(vm)) not in seen
    user = host.uid(vm)
    become = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
    assert host.inner_pid(other(vm)) in host.container.run(*enter, "ls", "/proc").stdout.split()
    assert host.inner_pid(other(vm)) not in host.container.run(*enter, *become, "ls", "/proc").stdout.split()
