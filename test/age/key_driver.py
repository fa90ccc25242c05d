# SPDX-License-Identifier: Apache-2.0
"""Runs age_key_driver, and Debian's age beside it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

AGE = "/usr/bin/age"


def run(*words: object, data: bytes = b"", environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """A program with no terminal, its outcome not judged."""
    return subprocess.run(
        [str(word) for word in words],
        input=data,
        capture_output=True,
        timeout=60,
        env=environment,
        check=False,
        start_new_session=True,
    )


def ours(*words: object, data: bytes = b"", environment: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    """The driver, its outcome not judged."""
    return run(os.environ["VMCRED_AGE_KEY_DRIVER"], *words, data=data, environment=environment)


def output(outcome: subprocess.CompletedProcess) -> bytes:
    """What a program printed that must not fail."""
    assert outcome.returncode == 0, outcome.stderr
    return outcome.stdout


def needs(program: str) -> None:
    """Skips the test, visibly, where the program is absent."""
    if shutil.which(program) is None:
        pytest.skip(f"{Path(program).name} is not installed")
