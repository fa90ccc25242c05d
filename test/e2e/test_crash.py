# SPDX-License-Identifier: Apache-2.0
"""What a VM leaves behind when its hypervisor crashes, and how it starts again after that."""

import resource
import signal
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from harness import USER, Guest, Vm

GUEST = Guest("busybox", "q35", systemd=None)

# As a host that wants to see each core dump.
UNLIMITED = ("prlimit", f"--core={resource.RLIM_INFINITY}:{resource.RLIM_INFINITY}")


@pytest.fixture(scope="module")
def crashed_vm(make_vm: Callable[[Guest, str], Vm]) -> Vm:
    """A VM whose hypervisor got SIGSEGV once it held all secrets, on a host that allows core dumps."""
    vm = make_vm(GUEST, "crash")
    vm.start(*UNLIMITED)
    assert vm.report["verified"] == vm.report["expected"]
    assert vm.process is not None
    vm.process.send_signal(signal.SIGSEGV)
    assert vm.process.wait(timeout=60) == -signal.SIGSEGV
    return vm


def test_crash_leaves_no_core_dump(crashed_vm: Vm) -> None:
    """Promise 1: nothing in the working directory, though another process of this user does leave one there."""
    work = crashed_vm.place.work
    assert list(work.iterdir()) == []
    assert crashed_vm.search_for_leaks() == []

    as_user = ("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups")
    subprocess.run([*UNLIMITED, *as_user, "sh", "-c", "kill -SEGV $$"], cwd=work, check=False)
    cores = list(work.iterdir())
    for core in cores:
        core.unlink()
    if not cores:
        pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
        pytest.skip(f"core dumps go to {pattern!r} on this host: only files changed elsewhere were searched for them")


def test_starts_again_with_what_the_source_holds_then(crashed_vm: Vm) -> None:
    """Promise 9; R21, R97: after a crash, in the runtime directory that it left, and with a secret changed since."""
    old = next(secret for secret in crashed_vm.secrets if secret.name == "api-key")
    new = replace(old, value=old.value + b"-changed")
    crashed_vm.write_source(new)
    crashed_vm.start()
    sizes = {entry["name"]: entry["size"] for entry in crashed_vm.report["credentials"]}
    assert crashed_vm.report["verified"] == crashed_vm.report["expected"]
    assert sizes["API_KEY"] == len(new.value)
    assert crashed_vm.end.exit_code == 0 and crashed_vm.end.by_guest
