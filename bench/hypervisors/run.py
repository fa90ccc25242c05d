# SPDX-License-Identifier: Apache-2.0
"""Measures plans, starts and guests of the hypervisors, and writes docs/benchmarks-hypervisors.md after a complete run."""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path.append(str(TOP / "bench"))  # after this folder, which has a page.py too

from guests import measure_guests  # noqa: E402  (found through the path above)
from lab import BenchError, Lab, open_lab, say  # noqa: E402
from machine import describe_machine, load  # noqa: E402
from page import Results, guest_table, plan_table, start_table, target_table, whole_page  # noqa: E402
from plans import measure_plans  # noqa: E402
from starts import measure_starts  # noqa: E402

PAGE = TOP / "docs" / "benchmarks-hypervisors.md"
PARTS = ("plans", "starts", "guests")
BUSY_LOAD = 0.5


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=Path, required=True, help="the build folder, of the release preset")
    parser.add_argument("--vsock-device", type=Path, required=True, help="the program vhost-device-vsock")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure just this; may be given again")
    parser.add_argument("--page", type=Path, default=PAGE, help="file for a complete run (default: docs/benchmarks-hypervisors.md)")
    return parser.parse_args()


def _measure(lab: Lab, arguments: argparse.Namespace, parts: list[str]) -> Results:
    helpers, guest_program = arguments.build / "bench", arguments.build / "src" / "vmcred-guest"
    return Results(
        plans=measure_plans(lab, helpers / "plan_timer") if "plans" in parts else [],
        starts=measure_starts(lab, helpers / "instant_vmm", guest_program) if "starts" in parts else [],
        guests=measure_guests(lab, guest_program, arguments.vsock_device) if "guests" in parts else [],
    )


def main() -> int:
    """The program."""
    # As an exception, so that the VM and the scratch directories go too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    arguments = _arguments()
    arguments.build = arguments.build.resolve()
    parts = arguments.only or list(PARTS)
    vmcred = arguments.build / "src" / "vmcred"
    load_before = load()
    if load_before > BUSY_LOAD:
        say(f"warning: this machine is busy (load {load_before:.1f}), the figures will show it")
    try:
        with open_lab(vmcred, arguments.build / "bench") as lab:
            results = _measure(lab, arguments, parts)
    except BenchError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        return 1
    tables = {"plans": plan_table, "starts": start_table, "guests": guest_table}
    print("\n".join(tables[part](results) for part in PARTS if part in parts), end="")
    if set(parts) == set(PARTS):
        print("\n" + target_table(results), end="")
        arguments.page.write_text(whole_page(results, describe_machine(vmcred, load_before)), encoding="utf-8")
        say(f"wrote {arguments.page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
