#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the linter over the C++ of src/, its tests aside: over all of it, or over what a change can have broken.

    tidy.py LINTER --all         each file by itself
    tidy.py LINTER --since REV   each file that differs from REV by itself; those that include one, as they are compiled

Needs the presets tidy (a file a unit) and dev (units of several files) to be configured. Exits with 1 where it finds
something.
"""

import argparse
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
FINDINGS_IN = "src/.*\\.(h|cc)$"


def sources() -> list[Path]:
    """What is linted."""
    return [path for path in (ROOT / "src").rglob("*.cc") if not path.name.endswith("_test.cc")]


@cache
def included(path: Path) -> frozenset[Path]:
    """The project's files that this one includes, and those that they include, with itself."""
    found = {path}
    for name in INCLUDE.findall(path.read_text()):
        for directory in (ROOT / "src", ROOT / "test"):
            if (directory / name).is_file() and directory / name != path:
                found |= included(directory / name)
    return frozenset(found)


def changed_since(revision: str) -> set[Path]:
    """Files that differ from the revision, with those that git does not know yet."""
    differing = ["git", "diff", "--name-only", "-z", revision]
    unknown = ["git", "ls-files", "--others", "--exclude-standard", "-z"]
    outputs = [subprocess.check_output(command, cwd=ROOT, text=True) for command in (differing, unknown)]
    return {ROOT / name for output in outputs for name in output.split("\0") if name}


def units(preset: str) -> Iterator[tuple[Path, set[Path]]]:
    """What the preset compiles, each with the sources it is made of."""
    for entry in json.loads((ROOT / "build" / preset / "compile_commands.json").read_text()):
        unit = Path(entry["file"])
        yield unit, {unit, *(map(Path, INCLUDE.findall(unit.read_text())))} if "/Unity/" in entry["file"] else {unit}


def lint(linter: str, preset: str, unit: Path) -> str:
    """What the linter finds, nothing where all is well."""
    options = [f"--header-filter={FINDINGS_IN}"]
    if preset == "dev":
        options.append("--checks=-bugprone-suspicious-include")  # of the sources that a unit is made of
    command = [linter, "--quiet", "-p", ROOT / "build" / preset, *options, unit]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def work(arguments: argparse.Namespace) -> Iterable[tuple[str, Path]]:
    """Presets and units to look at."""
    if arguments.all:
        return [("tidy", path) for path in sources()]
    changed = changed_since(arguments.since)
    alone = {path for path in sources() if path in changed}
    concerned = {path for path in sources() if path not in alone and included(path) & changed}
    together = {unit for unit, parts in units("dev") if parts & concerned}
    return [("tidy", path) for path in sorted(alone)] + [("dev", unit) for unit in sorted(together)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("linter", help="the program")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true")
    what.add_argument("--since", metavar="REV")
    arguments = parser.parse_args()
    todo = list(work(arguments))
    print(f"tidy: {len(todo)} units", file=sys.stderr)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        findings = [found for found in pool.map(lambda each: lint(arguments.linter, *each), todo) if found]
    print("".join(findings), end="")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
