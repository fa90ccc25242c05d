# SPDX-License-Identifier: Apache-2.0
"""On which hypervisor the demo's VM runs, and by which transport; `vmcred vmm list` says what there is to choose from."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from story import DemoFailure

# The others need something in the guest that asks for its credentials, and the demo's has nothing of that kind.
PUT_INTO_GUEST = ("smbios", "fw_cfg", "initrd")


@dataclass(frozen=True)
class Choice:
    """What the options ask for; None is what vmcred takes by itself."""

    vmm: str | None = None
    machine: str | None = None
    transport: str | None = None

    @property
    def is_qemu(self) -> bool:
        """Does the guest have QEMU's virtio-serial port for its report?"""
        return self.vmm in (None, "qemu")

    @property
    def settings(self) -> list[str]:
        """The lines of the config that it takes."""
        keys = {"hypervisor": self.vmm, "machine": self.machine, "transport": self.transport}
        return [f'{key} = "{value}"' for key, value in keys.items() if value is not None]


def hypervisors(vmcred: Path) -> list[dict[str, Any]]:
    """The table of what each hypervisor can do; QEMU has a row for each machine."""
    return json.loads(subprocess.check_output([vmcred, "vmm", "list", "--json"], text=True))["hypervisors"]


def check(choice: Choice, vmcred: Path) -> None:
    """Raises DemoFailure, with what to do instead, where the choice is none or this machine can't run it."""
    rows = hypervisors(vmcred)
    vmm = choice.vmm or "qemu"
    expect_one_of("--vmm", vmm, [row["hypervisor"] for row in rows])
    rows = [row for row in rows if row["hypervisor"] == vmm]
    machines = [row["machine"] for row in rows if row["machine"] is not None]
    if choice.machine is not None and not machines:
        raise DemoFailure(f"--machine is for qemu only; {vmm} has one machine")
    if choice.machine is not None:
        expect_one_of("--machine", choice.machine, machines)
        rows = [row for row in rows if row["machine"] == choice.machine]
    if choice.transport is not None:
        offered = [offer["transport"] for offer in rows[0]["transports"]]
        where = f" on {choice.machine or vmm}"
        expect_one_of("--transport", choice.transport, [name for name in offered if name in PUT_INTO_GUEST], where)
    check_host(rows[0])


def expect_one_of(option: str, value: str, known: Iterable[str], where: str = "") -> None:
    """Raises DemoFailure that names what may follow the option."""
    known = list(dict.fromkeys(known))
    if value not in known:
        raise DemoFailure(f"{option} '{value}'{where}: choose {' or '.join(known) or 'another hypervisor'}")


def check_host(row: dict[str, Any]) -> None:
    """Raises DemoFailure where this machine can't run that hypervisor. QEMU is a package that `./dev demo` installs."""
    vmm = row["hypervisor"]
    if vmm == "qemu":
        return
    if vmm == "vfkit":
        raise DemoFailure("vfkit runs on macOS only, and vmcred makes no more than a plan for it")
    if vmm == "firecracker":
        raise DemoFailure("firecracker takes kernels as ELF files only, and that of the demo's guest is Debian's bzImage")
    if shutil.which(row["program"]) is None:
        raise DemoFailure(f"{vmm} needs its program '{row['program']}' in $PATH; it comes from: {row['comes_from']}")
    if not os.access("/dev/kvm", os.R_OK | os.W_OK):
        raise DemoFailure(f"{vmm} needs KVM, and this machine has no /dev/kvm that can be opened; QEMU can do without")
