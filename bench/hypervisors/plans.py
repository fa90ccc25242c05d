# SPDX-License-Identifier: Apache-2.0
"""How long the launch plans of many VMs take, for each hypervisor."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from exec_time import on_one_cpu
from lab import BenchError, Lab, say

VMS = 1000
SECRETS = 100
RUNS = 15

# As `vmcred vmm list` names them.
HYPERVISORS = (
    "qemu q35", "qemu microvm", "cloud-hypervisor", "firecracker", "crosvm", "kvmtool", "stratovirt", "alioth", "vfkit"
)

VM = """
[vms.vm-{0:04}]
{1}
kernel = "/var/lib/images/vmlinuz"
initrd = "/var/lib/images/initrd.img"
vcpu = 2
mem = 1024
guest.systemd = 257
volumes = [{{ image = "/var/lib/images/vm-{0:04}.img" }}]
interfaces = [{{ type = "{2}", id = "vm{0:04}" }}]
secrets.api-key = {{ path = "/run/keys/vm-{0:04}/api-key" }}
"""


@dataclass
class PlanFigures:
    """Milliseconds of each run, for all VMs together."""

    hypervisor: str
    load: list[float] = field(default_factory=list)
    plan: list[float] = field(default_factory=list)
    copy: list[float] = field(default_factory=list)
    text_bytes: int = 0

    def times(self, other: list[float]) -> float:
        """How long plans take, as a multiple of something else: the median of the runs' own ratios."""
        return median(ours / theirs for ours, theirs in zip(self.plan, other, strict=True))


def hypervisor_lines(name: str) -> list[str]:
    """The keys that choose one."""
    hypervisor, _, machine = name.partition(" ")
    return [f'hypervisor = "{hypervisor}"', *([f'machine = "{machine}"'] if machine else [])]


def _config(name: str) -> str:
    lines = "\n".join(hypervisor_lines(name))
    if name == "vfkit":  # has neither
        return "".join(VM.format(number, lines, "user") for number in range(VMS))
    return "".join(VM.format(number, f"{lines}\nvsock.cid = {1000 + number}", "tap") for number in range(VMS))


def measure_plans(lab: Lab, plan_timer: Path) -> list[PlanFigures]:
    """One row for each hypervisor."""
    measured = []
    for name in HYPERVISORS:
        say(f"plans: {VMS} VMs of {name}")
        config = lab.files / "plans.toml"
        config.write_text(_config(name))
        with on_one_cpu():
            done = subprocess.run(
                [plan_timer, str(RUNS), str(SECRETS), config], stdout=subprocess.PIPE, text=True, check=False
            )
        if done.returncode != 0:
            raise BenchError(f"no plans of {name}")
        figures = PlanFigures(name)
        for line in done.stdout.splitlines():
            *nanoseconds, size = map(int, line.split())
            for runs, value in zip((figures.load, figures.plan, figures.copy), nanoseconds, strict=True):
                runs.append(value / 1e6)
            figures.text_bytes = size
        measured.append(figures)
    return measured
