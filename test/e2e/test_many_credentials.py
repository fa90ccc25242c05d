# SPDX-License-Identifier: Apache-2.0
"""More credentials than QEMU has room for unless it is asked to make some."""

import random
from collections.abc import Callable

import pytest
from conftest import SEED
from harness import Guest, Vm, unique

COUNT = 60  # QEMU's own slots end at 15 on q35, 18 on pc, 22 on microvm; one more aborts it (W15)


@pytest.mark.long
@pytest.mark.parametrize("machine", ["q35", "pc", "microvm"])
def test_many_credentials_arrive_by_fw_cfg(machine: str, make_vm: Callable[[Guest, str], Vm]) -> None:
    """Promise 7: each a fw_cfg item of its own, whatever the machine's default is."""
    vm = make_vm(Guest("debian-12", machine, systemd=252), "many")
    rng = random.Random(f"{SEED} many {machine}")
    vm.secrets += [unique(f"number-{number}", rng.randbytes(100)) for number in range(COUNT)]
    vm.settings.append('transport = "fw_cfg"')
    vm.prepare()
    vm.start()
    assert vm.report["verified"] == vm.report["expected"] > COUNT
    assert vm.search_for_leaks() == []
    assert vm.end.exit_code == 0
