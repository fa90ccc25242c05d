# SPDX-License-Identifier: Apache-2.0
"""How long a runner takes until it executes the VMM, and how much memory it needs for that."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from lab import BenchError, Lab, VmSettings, say

SECRET_COUNTS = (3, 30, 250)  # a unit takes at most 256
ROUNDS = 7
VMCRED_RUNS_PER_ROUND = 10
FLOOR_RUNS_PER_ROUND = 5
# Of each block, these come first and are left out: they run on what the other runner left of the caches.
WARM_UP_RUNS = 2
# A bash runner of 250 secrets takes about a second, so it gets fewer runs than one of 3.
BASH_RUNS_PER_ROUND = {3: 3, 30: 2, 250: 1}
KNOWN_MIB = 32


@dataclass
class Runs:
    """All runs of one command."""

    nanoseconds: list[int] = field(default_factory=list)
    peak_kib: list[int] = field(default_factory=list)

    @property
    def milliseconds(self) -> float:
        """The median run's."""
        return median(self.nanoseconds) / 1e6

    @property
    def fastest(self) -> float:
        """The fastest run's milliseconds."""
        return min(self.nanoseconds) / 1e6

    @property
    def peak_mib(self) -> float:
        """The largest of all runs': a peak is a promise, not a habit."""
        return max(self.peak_kib) / 1024


@dataclass
class ExecFigures:
    """The runners' runs with one number of secrets, taken in turns."""

    secrets: int
    vmcred: Runs = field(default_factory=Runs)
    bash: Runs = field(default_factory=Runs)
    floor: Runs = field(default_factory=Runs)  # the VMM's stand-in alone, no runner

    @property
    def ratio(self) -> float:
        """How many times faster than bash."""
        return self.bash.milliseconds / self.vmcred.milliseconds


@contextlib.contextmanager
def on_one_cpu() -> Iterator[None]:
    """Everything started meanwhile stays on one CPU: a process that moves to another begins with cold caches there."""
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


def measure_block(start: Callable[[list[str]], subprocess.Popen[str]], lab: Lab, runs: Runs, command: list[str],
                  count: int) -> None:
    """A block of runs, back to back. `start` starts a process with a pipe for what it prints."""
    with on_one_cpu():
        timer = start([str(lab.exec_timer), str(WARM_UP_RUNS + count), *command])
        text, _ = timer.communicate()
    if timer.returncode != 0:
        raise BenchError(f"{Path(command[0]).name} did not reach the VMM's stand-in")
    for line in text.splitlines()[WARM_UP_RUNS:]:
        nanoseconds, kibibytes = line.split()
        runs.nanoseconds.append(int(nanoseconds))
        runs.peak_kib.append(int(kibibytes))


def _run(lab: Lab, runs: Runs, count: int, command: list[str], credentials: Path) -> None:
    """A block of runs as the bench user, with these credentials."""
    measure_block(lambda words: lab.popen(words, credentials, stdout=subprocess.PIPE), lab, runs, command, count)


def _bash() -> str:
    path = shutil.which("bash")
    if path is None:
        raise BenchError("bash is not installed")
    return path


def measure_exec(lab: Lab, count: int, rounds: int = ROUNDS, bash_runs: int | None = None) -> ExecFigures:
    """Runs vmcred, bash and no runner in turns."""
    say(f"exec: {count} secrets")
    secrets = tuple(f"secret-{number:03}" for number in range(1, count + 1))
    credentials = lab.make_credentials(f"credentials-{count}", secrets)
    kernel = lab.files / "no-kernel"
    kernel.touch()
    config = lab.write_config(f"exec-{count}", VmSettings(str(lab.clock_mark), str(kernel), secrets))
    with_vmcred = [str(lab.vmcred), "vm", "run", "bench", "--config", str(config)]
    script = lab.install(Path(__file__).with_name("bash-runner"))
    with_bash = [_bash(), str(script), str(lab.clock_mark), *secrets]

    figures = ExecFigures(count)
    bash_runs = BASH_RUNS_PER_ROUND[count] if bash_runs is None else bash_runs
    for _ in range(rounds):
        _run(lab, figures.vmcred, VMCRED_RUNS_PER_ROUND, with_vmcred, credentials)
        if bash_runs > 0:
            _run(lab, figures.bash, bash_runs, with_bash, credentials)
        _run(lab, figures.floor, FLOOR_RUNS_PER_ROUND, [str(lab.clock_mark)], credentials)
    shutil.rmtree(credentials)
    return figures


def measure_memory(lab: Lab) -> ExecFigures:
    """Runs vmcred alone, with the most secrets."""
    return measure_exec(lab, SECRET_COUNTS[-1], rounds=2, bash_runs=0)


def known_peak_mib(lab: Lab) -> float:
    """What the method says of a program that writes to KNOWN_MIB and then executes the stand-in."""
    runs = Runs()
    _run(lab, runs, 1, [str(lab.clock_mark), "--touch-mib", str(KNOWN_MIB)], lab.memory)
    return runs.peak_mib
