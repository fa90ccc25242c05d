# SPDX-License-Identifier: Apache-2.0
"""The stage itself: what the other tests stand on holds, and is gone afterwards."""

import os
from pathlib import Path

from container import CONTROL_GROUPS, Container, control_group_mounts, descendants, host_tree
from leaks import host_pid


def test_a_host_boots_without_failed_units_restarts_and_shuts_down_without_a_trace() -> None:
    mounts_before = Path("/proc/self/mounts").read_text()
    with Container(host_tree("debian-12")) as host:
        host.boot()
        assert host.run("systemctl", "is-system-running").stdout.strip() == "running"
        assert host.run("stat", "--file-system", "--format=%T", "/sys/fs/cgroup").stdout.strip() == "cgroup2fs"
        host.write("/etc/kept", "kept\n")
        host.write("/run/lost", "lost\n")
        host.reboot()
        assert host.read("/etc/kept") == "kept\n"
        assert not host.succeeds("test", "-e", "/run/lost")
        tree, place = host.tree, host.place
        assert host.power_off() == 0
    assert not (tree / "etc/kept").exists(), "the cached tree was written to"
    assert not place.exists()
    assert Path("/proc/self/mounts").read_text() == mounts_before
    assert not [group for mount in control_group_mounts() for group in mount.glob(f"{CONTROL_GROUPS}{host.name}")]


def test_a_killed_host_leaves_no_process_either() -> None:
    with Container(host_tree("debian-12")) as host:
        host.boot()
        leader = host.leader
        assert host_pid(host, 1) == leader
    assert not Path(f"/proc/{leader}").exists()
    assert not [pid for pid in descendants(os.getpid()) if host.name in Path(f"/proc/{pid}/cmdline").read_text()]
