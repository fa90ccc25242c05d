# SPDX-License-Identifier: Apache-2.0
"""A start the way a systemd unit does it: PID 1 has read the sources, and the runner was never root."""

import os
import pwd
import shutil
from collections.abc import Callable

from harness import USER, Guest, Vm

GUEST = Guest("busybox", "q35", systemd=None)
AS_USER = ("setpriv", "--reuid", USER, "--regid", USER, "--clear-groups")


def test_reads_the_copies_that_systemd_made(make_vm: Callable[[Guest, str], Vm]) -> None:
    """R4-R7, R59: host-NAME files in $CREDENTIALS_DIRECTORY, 0400 and the service user's; the sources stay closed."""
    vm = make_vm(GUEST, "credentials directory")
    user = pwd.getpwnam(USER)
    directory = vm.place.root / "credentials"
    directory.mkdir(mode=0o500)
    for secret in vm.secrets:
        copy = directory / f"host-{secret.name}"
        shutil.copy(vm.source(secret), copy)
        copy.chmod(0o400)
        os.chown(copy, user.pw_uid, 0)
        vm.copies.append(copy)
    os.chown(directory, user.pw_uid, 0)
    os.chown(vm.place.runtime, user.pw_uid, user.pw_gid)

    vm.start(*AS_USER, environment={"CREDENTIALS_DIRECTORY": str(directory)})
    assert vm.report["verified"] == vm.report["expected"] > len(vm.secrets)
    assert vm.search_for_leaks() == []
    assert vm.end.exit_code == 0
