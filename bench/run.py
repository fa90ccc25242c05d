# SPDX-License-Identifier: Apache-2.0
"""Measures what vmcred costs, prints a table, and writes docs/benchmarks.md after a complete run."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

from boot import BootBench
from exec_time import KNOWN_MIB, SECRET_COUNTS, known_peak_mib, measure_exec, measure_memory
from lab import BenchError, open_lab, say
from machine import describe_machine, load
from page import Results, target_table, whole_page

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
PARTS = ("exec", "memory", "boot")
COUNTED_PAIRS = 2
BUSY_LOAD = 0.5


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--vmcred", type=Path, required=True, help="the program, of the release preset")
    parser.add_argument("--guest-binary", type=Path, required=True, help="vmcred-guest, of the same preset")
    parser.add_argument("--helpers", type=Path, help="directory of exec_timer and clock_mark (default: ../bench)")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure just this; may be given again")
    parser.add_argument("--pairs", type=int, default=7, help="pairs of timed boots (default: %(default)s)")
    parser.add_argument("--page", type=Path, default=PAGE, help="file for a complete run (default: docs/benchmarks.md)")
    arguments = parser.parse_args()
    if arguments.pairs < 1:
        parser.error("--pairs must be at least 1")
    arguments.helpers = arguments.helpers or arguments.vmcred.resolve().parent.parent / "bench"
    return arguments


def _measure(arguments: argparse.Namespace, parts: list[str]) -> Results:
    results = Results(exec_figures=[])
    with open_lab(arguments.vmcred, arguments.helpers) as lab:
        if "exec" in parts:
            results.exec_figures = [measure_exec(lab, count) for count in SECRET_COUNTS]
        if "memory" in parts:
            say(f"memory: the method, on {KNOWN_MIB} MiB")
            results.known_peak_mib = known_peak_mib(lab)
            results.memory = results.exec_figures[-1] if results.exec_figures else measure_memory(lab)
        if "boot" in parts:
            boots = BootBench(lab, arguments.guest_binary)
            results.counted_boots = boots.measure(COUNTED_PAIRS, counted=True)
            results.boots = boots.measure(arguments.pairs, counted=False)
    return results


def main() -> int:
    """The program."""
    # As an exception, so that the VM and the scratch directories go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    arguments = _arguments()
    parts = arguments.only or list(PARTS)
    load_before = load()
    if load_before > BUSY_LOAD:
        say(f"warning: this machine is busy (load {load_before:.1f}), the figures will show it")
    try:
        results = _measure(arguments, parts)
    except BenchError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        return 1
    print(target_table(results), end="")
    if set(parts) == set(PARTS):
        machine = describe_machine(arguments.vmcred, load_before)
        arguments.page.write_text(whole_page(results, machine), encoding="utf-8")
        say(f"wrote {arguments.page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
