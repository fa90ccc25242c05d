# SPDX-License-Identifier: Apache-2.0
"""Hypervisors that are told all by their command line: each option is one of theirs, the initrd comes from a descriptor
(R13), and they end when they are told to."""

import json
from pathlib import Path

import pytest

PROGRAMS = {"crosvm": "crosvm", "kvmtool": "lkvm", "stratovirt": "stratovirt", "alioth": "alioth"}

pytestmark = pytest.mark.parametrize("hypervisor", sorted(PROGRAMS))


@pytest.fixture
def started(make_vm, hypervisor):
    vm = make_vm(hypervisor, PROGRAMS[hypervisor])
    vm.wait_for(lambda: vm.record.exists() and vm.record.read_text().endswith("}"), "it does not start")
    return vm


def test_every_secret_is_behind_the_initrd_and_nothing_leaks(started, hypervisor):
    record = json.loads(started.record.read_text())
    started.assert_has_all(started.credentials_behind_initrd(record["initrd"]))
    assert started.leaks() == []


def test_the_kernel_runs_the_shim_first(started, hypervisor):
    assert any("rdinit=/.vmcred/init" in word for word in
               Path(f"/proc/{started.process.pid}/cmdline").read_bytes().decode().split("\0"))


def test_it_is_stopped(started, hypervisor):
    done = started.stop("--timeout", "1")
    if hypervisor in ("kvmtool", "alioth"):
        assert done.returncode == 0, done.stderr
        assert "its hypervisor has no way to ask a guest" in done.stderr
    assert "ended" in done.stdout + done.stderr
    assert started.end() != 0
