# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks.md: the figures, and what they mean."""

from __future__ import annotations

import platform
from dataclasses import dataclass

from boot import CREDENTIALS, BootFigures
from exec_time import KNOWN_MIB, ExecFigures
from table import markdown_table

FASTER_THAN_BASH = {3: 8, 30: 50, 250: 170}
MOST_MILLISECONDS = (250, 2.5)
MOST_MIB = (250, 8.0)
MOST_BOOT_RATIO = 1.02
MOST_BOOT_SPREAD = 0.1  # boots that differ by more tell nothing about two hundredths


@dataclass
class Results:
    """Whatever was measured."""

    exec_figures: list[ExecFigures]
    memory: ExecFigures | None = None
    known_peak_mib: float | None = None
    boots: BootFigures | None = None
    counted_boots: BootFigures | None = None


@dataclass(frozen=True)
class Target:
    """One promise, and whether this run kept it."""

    what: str
    promise: str
    measured: str
    met: bool
    noisy: bool = False

    @property
    def verdict(self) -> str:
        """In a word or two."""
        if self.noisy:
            return "too noisy to tell"
        return "met" if self.met else "**missed**"


def _boot_target(name: str, figures: BootFigures, figure: str, digits: int) -> Target:
    ratio = figures.paired_ratio(figure)
    noisy = figures.spread(figure) > MOST_BOOT_SPREAD
    return Target(
        name, f"at most {MOST_BOOT_RATIO} times", f"{ratio:.{digits}f} times", ratio <= MOST_BOOT_RATIO, noisy
    )


def targets(results: Results) -> list[Target]:
    """Every promise that these results can be held to."""
    found = []
    for figures in results.exec_figures:
        count = figures.secrets
        least = FASTER_THAN_BASH[count]
        found.append(
            Target(f"{count} secrets, against bash", f"at least {least} times faster", f"{figures.ratio:.1f} times",
                   figures.ratio >= least)
        )
        if count == MOST_MILLISECONDS[0]:
            found.append(
                Target(f"{count} secrets, until exec", f"less than {MOST_MILLISECONDS[1]:g} ms",
                       f"{figures.vmcred.milliseconds:.2f} ms", figures.vmcred.milliseconds < MOST_MILLISECONDS[1])
            )
    if results.memory is not None:
        peak = results.memory.vmcred.peak_mib
        found.append(
            Target(f"{MOST_MIB[0]} secrets, peak memory", f"less than {MOST_MIB[1]:g} MiB", f"{peak:.1f} MiB",
                   peak < MOST_MIB[1])
        )
    if results.counted_boots is not None:
        found.append(_boot_target("boot, guest's clock", results.counted_boots, "guest_seconds", 4))
    if results.boots is not None:
        found.append(_boot_target("boot, time", results.boots, "seconds", 3))
        found.append(_boot_target("boot, CPU time", results.boots, "cpu_seconds", 3))
    return found


def target_table(results: Results) -> str:
    """The short table."""
    rows = [(t.what, t.promise, t.measured, t.verdict) for t in targets(results)]
    return markdown_table(("figure", "target", "measured", "verdict"), rows)


def _exec_table(results: Results) -> str:
    rows = [
        (
            str(figures.secrets),
            f"{figures.vmcred.milliseconds:.2f} ms",
            f"{figures.bash.milliseconds:.1f} ms",
            f"{figures.ratio:.1f}",
            f"{figures.floor.milliseconds:.2f} ms",
            f"{figures.vmcred.fastest:.2f} ms",
            f"{figures.bash.fastest:.1f} ms",
            f"{len(figures.vmcred.nanoseconds)}, {len(figures.bash.nanoseconds)}",
        )
        for figures in results.exec_figures
    ]
    head = ("secrets", "vmcred", "bash", "times faster", "no runner", "fastest vmcred", "fastest bash", "runs")
    return markdown_table(head, rows)


def _boot_table(results: Results) -> str:
    def row(name: str, figures: BootFigures, figure: str, digits: int) -> tuple[str, ...]:
        with_them, without, ratio = figures.medians(figure)
        return (
            name,
            f"{with_them:.{digits}f} s",
            f"{without:.{digits}f} s",
            f"{ratio:.{digits}f}",
            f"{figures.paired_ratio(figure):.{digits}f}",
            f"{figures.spread(figure):.1%}",
            str(len(figures.without)),
        )

    rows = []
    if results.counted_boots is not None:
        rows.append(row("guest's clock", results.counted_boots, "guest_seconds", 4))
    if results.boots is not None:
        rows.append(row("time", results.boots, "seconds", 3))
        rows.append(row("CPU time", results.boots, "cpu_seconds", 3))
    head = ("until multi-user.target", f"{CREDENTIALS} credentials", "none", "ratio", "paired ratio", "spread", "pairs")
    return markdown_table(head, rows)


def _verdict(results: Results) -> str:
    found = targets(results)
    missed = [target.what for target in found if not target.met and not target.noisy]
    noisy = [target.what for target in found if target.noisy]
    sentences = [f"This run met {len(found) - len(missed) - len(noisy)} of {len(found)} targets."]
    if missed:
        sentences.append(f"It missed: {'; '.join(missed)}.")
    if noisy:
        sentences.append(
            f"Its boots differed by more than {MOST_BOOT_SPREAD:.0%} among themselves in: {'; '.join(noisy)}. "
            "A run on an idle machine can tell."
        )
    return " ".join(sentences)


def _memory_text(figures: ExecFigures, known_peak_mib: float) -> str:
    peak, runs = f"{figures.vmcred.peak_mib:.1f} MiB", len(figures.vmcred.peak_kib)
    return f"""\
With {figures.secrets} secrets at most {peak} were resident in vmcred's process, libraries included: the largest
of {runs} runs. The VMM then replaces the process and all of that. What stays is the sealed memory files that hold the
guest's copy.

The figure is the kernel's `ru_maxrss`, which outlives an exec. Of a program that writes to {KNOWN_MIB} MiB and then
becomes the stand-in, the same method says {known_peak_mib:.1f} MiB. The kernel counts pages in batches for each core,
so a few hundred KiB are uncertain."""


def whole_page(results: Results, machine: list[tuple[str, str]]) -> str:
    """The page. Only a complete run makes one."""
    assert results.memory is not None and results.known_peak_mib is not None
    return f"""\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Benchmarks

What vmcred costs, measured by `./dev bench`, which writes this page. These are no tests: figures depend on the machine
and on what else it does. So both sides of a ratio are measured in turns, in one run, on one machine; each figure is
the median of its runs unless it says otherwise.

{target_table(results)}
{_verdict(results)}

To repeat it:

    ./dev bench                 # everything, and this page
    ./dev bench --only exec     # or memory, or boot: prints the table, leaves the page alone
    ./dev bench --pairs 15      # more boots

{markdown_table(("machine", ""), machine)}
Python {platform.python_version()} only starts things and adds up.

## From process start to exec of the VMM

The secrets lie in `$CREDENTIALS_DIRECTORY`, where systemd puts them: 44 bytes each, mode 0400, on tmpfs. vmcred is
`vmcred vm run`, config file and all. bash is `bench/bash-runner`: for each secret a test whether the file is there,
`$(cat … | tr -d '\\n')`, one string more, and in the end the `exec`. Both run as `nobody` and become the same small
static program, which writes down the time as the first thing it does; `no runner` is that program alone, started the
same way. Nothing is subtracted. The three take turns in blocks of runs, of which the first two do not count, all on
one CPU: a process that the scheduler moves begins again with cold caches.

{_exec_table(results)}
bash makes three processes for each secret, vmcred none at all.

## Memory

{_memory_text(results.memory, results.known_peak_mib)}

## Boot of a guest

A Debian 12 guest under QEMU's own emulation (TCG), one processor, 512 MiB, everything in its initrd. One VM has three
secrets and two static values, the other has none; all else is the same, the guest's files included. The end is a
service after `multi-user.target` that asks for the five credentials, and says how many came: with none it must be
none. (vmcred's manifest is sent in both cases; of an empty set it is one small SMBIOS string.)

{_boot_table(results)}
The first row is from boots of its own, under QEMU's `-icount`: there the guest's clock, which starts with the
firmware, advances by one nanosecond for each instruction and jumps over the time that the guest waits for a timer. What
else the machine does leaves it alone, so it shows best what credentials cost. The other rows are what a clock on the
host shows: time runs from the start of `vmcred vm run`, CPU time is that of vmcred and QEMU together. The order is
with, without; without, with; and so on. The paired ratio is the median of the pairs' own ratios, and the one that
targets are held to. The spread is how far the slowest boot was from the fastest of its kind: a ratio that is off 1 by
less may be chance, and above {MOST_BOOT_SPREAD:.0%} no verdict is given.
"""
