# SPDX-License-Identifier: Apache-2.0
"""The demo refuses what it can't run before it makes anything, and says what to choose instead."""

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent / "demo"))

from choice import Choice, check  # noqa: E402  (found through the path above)
from story import DemoFailure  # noqa: E402


@pytest.mark.parametrize(
    ("choice", "error"),
    [
        (Choice(vmm="qmeu"), "--vmm 'qmeu': choose qemu or cloud-hypervisor or "),
        (Choice(machine="q53"), "--machine 'q53': choose q35 or pc or microvm"),
        (Choice(vmm="crosvm", machine="pc"), "--machine is for qemu only"),
        (Choice(machine="microvm", transport="smbios"), "--transport 'smbios' on microvm: choose fw_cfg or initrd"),
        (Choice(transport="vsock"), "--transport 'vsock' on qemu: choose smbios or fw_cfg or initrd"),
        (Choice(vmm="vfkit"), "vfkit runs on macOS only"),
        (Choice(vmm="firecracker"), "firecracker takes kernels as ELF files only"),
        (Choice(vmm="stratovirt"), "stratovirt needs its program 'stratovirt' in $PATH; it comes from: "),
    ],
)
def test_says_what_to_choose_instead(choice: Choice, error: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No guest is built and no secret made for a choice that can't be run."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(DemoFailure) as failure:
        check(choice, Path(os.environ["VMCRED_BIN"]).resolve())
    assert str(failure.value).startswith(error)


@pytest.mark.parametrize("machine", [None, "q35", "pc", "microvm"])
def test_takes_every_machine_of_qemu(machine: str | None) -> None:
    """With the transport left to vmcred, and with one that all of them have."""
    for transport in (None, "fw_cfg", "initrd"):
        check(Choice(vmm="qemu", machine=machine, transport=transport), Path(os.environ["VMCRED_BIN"]).resolve())
