# SPDX-License-Identifier: Apache-2.0
"""How long `vmcred vm run` takes until the hypervisor has everything that it needs."""

from __future__ import annotations

import base64
import os
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from exec_time import Runs, measure_block
from lab import TMPFS, USER, BenchError, Lab, VmSettings, say
from plans import hypervisor_lines

SECRETS = 100
ROUNDS = 10
RUNS_PER_ROUND = 10
INITRD_BYTES = 1024 * 1024
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# Stand-ins need no KVM, but the runner wants a device that the VM's user may open: in a name space of its own.
WITH_OPEN_KVM = ("unshare", "--mount", "sh", "-c", 'mount --bind /dev/null /dev/kvm && exec "$@"', "sh")


@dataclass(frozen=True)
class Way:
    """A hypervisor and how its credentials cross."""

    hypervisor: str
    transport: str
    by_hand: bool = False  # started by root, which has nothing but the sources; else as the VM's unit starts it

    @property
    def has_requests(self) -> bool:
        """It is told by its API, after its start."""
        return self.hypervisor in ("cloud-hypervisor", "firecracker")


WAYS = (
    Way("qemu q35", "smbios"),
    Way("qemu q35", "initrd"),
    Way("qemu microvm", "fw_cfg"),
    Way("cloud-hypervisor", "smbios"),
    Way("cloud-hypervisor", "initrd"),
    Way("firecracker", "initrd"),
    Way("crosvm", "initrd"),
    Way("kvmtool", "initrd"),
    Way("stratovirt", "initrd"),
    Way("alioth", "initrd"),
    Way("qemu q35", "smbios", by_hand=True),
)


@dataclass
class StartFigures:
    """The starts of one way, and those of the hypervisor's stand-in without a runner."""

    way: Way
    vmcred: Runs = field(default_factory=Runs)
    alone: Runs = field(default_factory=Runs)

    @property
    def added(self) -> float:
        """Milliseconds on top of the stand-in's own."""
        return self.vmcred.milliseconds - self.alone.milliseconds

    @property
    def ratio(self) -> float:
        """How many times as long as the stand-in alone: the median of the turns' own ratios."""
        per_turn = zip(_medians(self.vmcred), _medians(self.alone), strict=True)
        return median(ours / theirs for ours, theirs in per_turn)


def _medians(runs: Runs) -> list[float]:
    size = len(runs.nanoseconds) // ROUNDS
    return [median(runs.nanoseconds[at : at + size]) for at in range(0, len(runs.nanoseconds), size)]


class StartBench:
    """VMs that are nothing but stand-ins, with what systemd loads for their unit, and root's files for those by hand."""

    def __init__(self, lab: Lab, instant_vmm: Path, guest_program: Path, root: Path) -> None:
        self._lab = lab
        self._root = root
        self._stand_ins = {True: lab.install(instant_vmm), False: lab.clock_mark}
        lab.install(guest_program)
        (lab.files / "kernel").write_bytes(b"no kernel is started")
        (lab.files / "initrd").write_bytes(os.urandom(INITRD_BYTES))
        self._secrets = tuple(f"secret-{number:03}" for number in range(1, SECRETS + 1))
        self._credentials = lab.make_credentials("credentials-of-starts", self._secrets)
        self._sources = root / "sources"
        self._sources.mkdir(mode=0o700)
        for name in self._secrets:
            path = self._sources / name
            path.write_bytes(base64.b64encode(os.urandom(32)))
            path.chmod(0o400)

    def measure(self) -> list[StartFigures]:
        """All ways in turns."""
        measured = [StartFigures(way) for way in WAYS]
        for turn in range(ROUNDS):
            say(f"starts: turn {turn + 1} of {ROUNDS}")
            for figures in measured:
                start = self._start_by_hand if figures.way.by_hand else self._start_as_unit
                measure_block(start, self._lab, figures.vmcred, self._command(figures.way), RUNS_PER_ROUND)
                alone = [str(self._stand_ins[figures.way.has_requests])]
                measure_block(start, self._lab, figures.alone, alone, RUNS_PER_ROUND)
        return measured

    def _command(self, way: Way) -> list[str]:
        _, *machine = hypervisor_lines(way.hypervisor)
        settings = VmSettings(
            program=str(self._stand_ins[way.has_requests]),
            kernel=str(self._lab.files / "kernel"),
            initrd=str(self._lab.files / "initrd"),
            secrets=self._secrets,
            hypervisor=way.hypervisor.split()[0],
            guest_systemd="257",
            sources=str(self._sources),
            settings=(*machine, f'transport = "{way.transport}"', f'user = "{USER}"'),
        )
        config = self._lab.write_config("start", settings)
        return [str(self._lab.vmcred), "vm", "run", "bench", "--config", str(config)]

    def _start_as_unit(self, command: list[str]) -> subprocess.Popen[str]:
        """User= and LoadCredential= are systemd's work, done before."""
        as_user = ["setpriv", f"--reuid={self._lab.uid}", f"--regid={self._lab.gid}", "--clear-groups"]
        return self._popen([*as_user, *command], self._lab.environment(self._credentials))

    def _start_by_hand(self, command: list[str]) -> subprocess.Popen[str]:
        return self._popen(command, {"PATH": PATH, "VMCRED_RUNTIME_DIR": str(self._root / "run")})

    def _popen(self, command: list[str], environment: dict[str, str]) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*WITH_OPEN_KVM, *command], env=environment, cwd="/", text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )


def measure_starts(lab: Lab, instant_vmm: Path, guest_program: Path) -> list[StartFigures]:
    """One row for each way."""
    if os.geteuid() != 0 or not Path("/dev/kvm").exists():
        raise BenchError("starts are measured as root, on a host with /dev/kvm")
    with tempfile.TemporaryDirectory(prefix="vmcred-bench-", dir=TMPFS) as folder:
        root = Path(folder)
        root.chmod(0o755)
        (root / "run").mkdir(mode=0o755)
        return StartBench(lab, instant_vmm, guest_program, root).measure()
