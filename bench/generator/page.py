# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks-generator.md: the figures, and what they mean."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from table import markdown_table, milliseconds, verdict

MOST_MILLISECONDS = (1000, 20)


@dataclass
class Figures:
    """Milliseconds of each run, for one number of VMs."""

    vms: int
    config_bytes: int
    unit_bytes: int = 0
    generator: list[float] = field(default_factory=list)
    copy: list[float] = field(default_factory=list)
    nothing: list[float] = field(default_factory=list)

    def add(self, generator: float, copy: float, nothing: float) -> None:
        """One turn."""
        self.generator.append(generator)
        self.copy.append(copy)
        self.nothing.append(nothing)


def target_table(measured: list[Figures]) -> str:
    """Every promise and whether this run kept it."""
    count, most = MOST_MILLISECONDS
    figures = next(figures for figures in measured if figures.vms == count)
    median, fastest = statistics.median(figures.generator), min(figures.generator)
    rows = [
        (f"{count:,} VMs, median", f"less than {most} ms", milliseconds(median), verdict(median < most)),
        (f"{count:,} VMs, fastest run", f"less than {most} ms", milliseconds(fastest), verdict(fastest < most)),
    ]
    return markdown_table(("figure", "target", "measured", "verdict"), rows)


def _row(figures: Figures) -> tuple[str, ...]:
    times = [
        f"{milliseconds(statistics.median(runs))} ({milliseconds(min(runs))})"
        for runs in (figures.generator, figures.copy, figures.nothing)
    ]
    ratio = statistics.median(ours / theirs for ours, theirs in zip(figures.generator, figures.copy))
    return (f"{figures.vms:,}", *times, f"{ratio:.2f}", f"{figures.config_bytes / 1024:,.1f} KiB",
            f"{figures.unit_bytes / 1024:,.1f} KiB", str(len(figures.generator)))


def whole_page(measured: list[Figures], machine: list[tuple[str, str]]) -> str:
    """The page."""
    head = ("VMs", "vmcred-generator", "`cp -r`", "`true`", "of `cp -r`", "config", "units", "runs")
    return f"""\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Benchmarks of the generator

How long `vmcred-generator` takes, measured by `./dev bench generator`, which writes this page. PID 1 waits for it at
boot and at each `systemctl daemon-reload`. All figures of a page come from one run on one machine. The page of the
runner is [benchmarks.md](benchmarks.md).

{target_table(measured)}
{markdown_table(("machine", ""), machine)}
## A config of so many VMs

Each has a kernel, an initrd, a `vsock.cid` and three secrets, two of them from the store. The time is that of the whole
process as its parent sees it: the median, and in brackets the fastest run.

{markdown_table(head, [_row(figures) for figures in measured])}
`true` starts and ends and does nothing else. `cp -r` copies the files that the generator has made: their text is there,
nothing is parsed or decided. The three take turns, and the ratio is the median of the turns' own ratios. All files are on
tmpfs, as those of generators are.
"""
