# SPDX-License-Identifier: Apache-2.0
"""Measures the encrypted store against the sops and age programs, and writes docs/benchmarks-store.md.

vmcred does each job in one process; the peers need one process for each secret. Every job of vmcred is repeated and its
median counts; the peers' thousand processes are run once. All files are in memory, so that no disk is measured.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))  # after this folder, which has a page.py too

from machine import describe_machine, load  # noqa: E402  (found through the path above)
from page import Job, Measured, job_table, whole_page  # noqa: E402
from peers import Age, Sops, timed  # noqa: E402
from repository import BenchError, Repository, make_key, make_repository, output  # noqa: E402
from throughput import measure_stream, measure_wraps  # noqa: E402

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "benchmarks-store.md"
REPEATS = 5


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--vmcred", type=Path, required=True, help="the program, of the release preset")
    parser.add_argument("--age-wrap", type=Path, required=True, help="the helper that wraps file keys")
    parser.add_argument("--sops", type=Path, required=True, help="the sops program")
    parser.add_argument("--page", type=Path, default=PAGE, help="file to write (default: docs/benchmarks-store.md)")
    return parser.parse_args()


def _median(prepare: Callable[[], Repository], job: Callable[[Repository], object]) -> float:
    """Seconds of the job, on a repository made anew each time."""
    return statistics.median(timed(lambda fresh=prepare(): job(fresh)) for _ in range(REPEATS))


def _copies(original: Repository) -> Callable[[], Repository]:
    """Copies of a repository, one a call."""

    def copy() -> Repository:
        target = Path(tempfile.mkdtemp(prefix=f"{original.root.name}-", dir=original.root.parent))
        shutil.copytree(original.root, target, symlinks=True, dirs_exist_ok=True)
        return Repository(target, original.vmcred, original.host)

    return copy


def _vmcred_jobs(empty: Repository, newcomer: str) -> dict[str, float]:
    jobs = {"encrypt": _median(_copies(empty), lambda r: r.run("vars", "import", r.dump))}
    empty.run("vars", "import", empty.dump)
    full = _copies(empty)
    jobs["decrypt"] = _median(full, lambda r: r.run("vars", "export", "--allow-disk", r.root / "exported"))
    jobs["add a recipient"] = _median(full, lambda r: r.run("vars", "users", "add", "newcomer", newcomer))
    jobs["check"] = _median(full, lambda r: r.run("vars", "check"))
    return jobs


def _measure(arguments: argparse.Namespace, folder: Path) -> list[Job]:
    say("making a repository")
    repository = make_repository(folder / "repository", arguments.vmcred.resolve())
    newcomer = make_key(folder / "newcomer.txt")
    recipients = [output("age-keygen", "-y", repository.admin_key), repository.host, make_key(folder / "machine.txt")]
    say("vmcred")
    ours = _vmcred_jobs(repository, newcomer)
    sops = Sops(repository, folder / "sops", str(arguments.sops), recipients)
    age = Age(repository, folder / "age", "age", recipients)
    say("sops and age: a thousand processes for each job")
    return [
        Job("encrypt", ours["encrypt"], sops.encrypt(), age.encrypt(), operations=2 * len(recipients)),
        Job("decrypt", ours["decrypt"], sops.decrypt(), age.decrypt(), operations=1),
        Job("check", ours["check"], sops.check(), None, operations=0),
        Job("add a recipient", ours["add a recipient"], sops.add_recipient(newcomer), age.add_recipient(newcomer),
            operations=1 + 2),
    ]


def main() -> int:
    """The program."""
    arguments = _arguments()
    load_before = load()
    try:
        with tempfile.TemporaryDirectory(prefix="vmcred-bench-", dir="/dev/shm") as folder:
            jobs = _measure(arguments, Path(folder))
            say("throughput")
            wraps = measure_wraps(arguments.age_wrap)
            stream = measure_stream(arguments.vmcred.resolve(), Path(folder))
    except BenchError as error:
        print(f"bench: error: {error}", file=sys.stderr)
        return 1
    measured = Measured(jobs, wraps, stream, os.cpu_count() or 1)
    print(job_table(measured), end="")
    machine = describe_machine(arguments.vmcred, load_before)
    machine += [("sops", output(arguments.sops, "--version").splitlines()[0]), ("age", output("age", "--version"))]
    arguments.page.write_text(whole_page(measured, machine), encoding="utf-8")
    say(f"wrote {arguments.page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
