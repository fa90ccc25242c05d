# SPDX-License-Identifier: Apache-2.0
"""Runs each case below cases/ and compares what vmcred prints and how it exits with what the case says.

A case is a directory: `cmd` is a shell script that runs in a fresh directory holding the case's `files/`; `stdout`,
`stderr` and `exit` are what it must give (a missing one means nothing, nothing and 0). `hypervisor` in that directory
stands for the VMM: it prints STARTED, so a case whose stdout lacks that word proves that no VM was started.
UPDATE_GOLDEN=1 rewrites the three files; read the difference before you commit it.
"""

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

CASES = Path(__file__).parent / "cases"
HYPERVISOR = "#!/bin/sh\necho STARTED\n"


def case_directories() -> list[Path]:
    """All cases, in the order of their names."""
    return sorted(path for path in CASES.iterdir() if path.is_dir())


def prepare(case: Path, place: Path) -> None:
    """Lays the case's files out in a directory that other users may pass."""
    place.chmod(0o755)
    if (case / "files").is_dir():
        shutil.copytree(case / "files", place, dirs_exist_ok=True)
    hypervisor = place / "hypervisor"
    hypervisor.write_text(HYPERVISOR)
    hypervisor.chmod(hypervisor.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    (place / "vmlinuz").touch(mode=0o644)


def run(case: Path, place: Path) -> dict[str, str]:
    """Runs the case's script and gives its three results, with the directory's path taken out."""
    program = Path(os.environ["VMCRED_BIN"]).resolve()
    bin_directory = place / ".bin"
    bin_directory.mkdir()
    (bin_directory / "vmcred").symlink_to(program)
    environment = {
        "PATH": f"{bin_directory}:/usr/sbin:/usr/bin:/sbin:/bin",
        "VMCRED_RUNTIME_DIR": str(place / "run"),
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        ["bash", "-eu", str(case / "cmd")], cwd=place, env=environment, capture_output=True, timeout=60, check=False
    )

    def filtered(text: bytes) -> str:
        return text.decode().replace(str(place), "DIR")

    return {"stdout": filtered(done.stdout), "stderr": filtered(done.stderr), "exit": f"{done.returncode}\n"}


def expected(case: Path, name: str) -> str:
    """The case's file, or what a missing one stands for."""
    path = case / name
    if path.exists():
        return path.read_text()
    return "0\n" if name == "exit" else ""


def rewrite(case: Path, results: dict[str, str]) -> None:
    """Makes the case expect these results."""
    for name, text in results.items():
        path = case / name
        if text == ("0\n" if name == "exit" else ""):
            path.unlink(missing_ok=True)
        else:
            path.write_text(text)


@pytest.mark.parametrize("case", case_directories(), ids=lambda case: case.name)
def test_golden(case: Path) -> None:
    """The case prints and exits as it says."""
    assert os.geteuid() == 0, "the cases make files of several users: run them as root"
    # Directly below /tmp, since other users can't pass pytest's own directories.
    place = Path(subprocess.check_output(["mktemp", "--directory", "/tmp/vmcred-golden-XXXXXX"], text=True).strip())
    try:
        prepare(case, place)
        results = run(case, place)
    finally:
        shutil.rmtree(place)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        rewrite(case, results)
    for name, text in results.items():
        assert text == expected(case, name), f"{case.name}: {name} differs"
