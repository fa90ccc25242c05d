# SPDX-License-Identifier: Apache-2.0
"""Measures how long vmcred-generator takes, for which PID 1 waits, and writes docs/benchmarks-generator.md.

The peers do what no generator can do without: `true` starts and ends, `cp -r` writes the same files. All take turns,
and all files are in memory, as they are below /run.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # after this folder, which has a page.py too

from lab import BenchError, say  # noqa: E402  (found through the path above)
from machine import describe_machine, load  # noqa: E402
from page import Figures, target_table, whole_page  # noqa: E402

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks-generator.md"
COUNTS = (1, 100, 1000)
WARM_UP = 3
LEAST_RUNS = 20

VM = """
[vms.vm-{0:04}]
kernel = "/var/lib/images/vmlinuz"
initrd = "/var/lib/images/initrd.img"
vsock.cid = {1}
[vms.vm-{0:04}.secrets]
api-key = {{ random = "base64:32" }}
db-password = {{ path = "/run/keys/vm-{0:04}/db-password" }}
jwt-secret = {{ random = "hex:32" }}
"""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--generator", type=Path, required=True, help="the program, of the release preset")
    parser.add_argument("--vmcred", type=Path, required=True, help="vmcred of the same build, for its version")
    parser.add_argument("--runs", type=int, default=100, help="runs of each program (default: %(default)s)")
    parser.add_argument("--page", type=Path, default=PAGE, help="file to write (default: docs/benchmarks-generator.md)")
    arguments = parser.parse_args()
    if arguments.runs < LEAST_RUNS:
        parser.error(f"--runs must be at least {LEAST_RUNS}")
    return arguments


def _milliseconds(*command: str | Path, environment: dict[str, str]) -> float:
    """From the start of a process to its end, as its parent sees it."""
    words = [str(word) for word in command]
    start = time.perf_counter_ns()
    process = os.posix_spawn(words[0], words, environment)
    _, status = os.waitpid(process, 0)
    taken = time.perf_counter_ns() - start
    if status != 0:
        raise BenchError(f"{words[0]} failed")
    return taken / 1e6


def _program(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise BenchError(f"{name} is not installed")
    return path


def _measure(generator: Path, folder: Path, count: int, runs: int) -> Figures:
    config = folder / f"{count}.toml"
    config.write_text('[store]\npath = "/var/lib/vmcred/vars"\n' + "".join(VM.format(i, 1000 + i) for i in range(count)))
    environment = {"VMCRED_CONFIG": str(config)}
    made, copied = folder / "made", folder / "copied"
    true, copy = _program("true"), _program("cp")
    figures = Figures(vms=count, config_bytes=config.stat().st_size)
    for run in range(-WARM_UP, runs):
        for directory in (made, copied):
            shutil.rmtree(directory, ignore_errors=True)
        made.mkdir()
        turn = (
            _milliseconds(generator, made, environment=environment),
            _milliseconds(copy, "-r", made, copied, environment=environment),
            _milliseconds(true, environment=environment),
        )
        if run >= 0:
            figures.add(*turn)
    units = list(made.glob("microvm@*.service"))
    if len(units) != count:
        raise BenchError(f"expected {count} units, found {len(units)}")
    figures.unit_bytes = sum(unit.stat().st_size for unit in units)
    return figures


def main() -> int:
    """The program."""
    arguments = _arguments()
    load_before = load()
    measured = []
    try:
        with tempfile.TemporaryDirectory(prefix="vmcred-bench-", dir="/dev/shm") as folder:
            for count in COUNTS:
                say(f"{count} VMs")
                measured.append(_measure(arguments.generator.resolve(), Path(folder), count, arguments.runs))
    except BenchError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        return 1
    print(target_table(measured), end="")
    machine = describe_machine(arguments.vmcred, load_before)
    arguments.page.write_text(whole_page(measured, machine), encoding="utf-8")
    say(f"wrote {arguments.page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
