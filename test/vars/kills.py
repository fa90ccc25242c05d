# SPDX-License-Identifier: Apache-2.0
"""Commands that are killed, and what they leave."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from repository import Repository, run

# What a program changes a disk by. A kill comes before it.
WRITES = "write,writev,pwrite64,rename,renameat,renameat2,mkdir,mkdirat,unlink,unlinkat,rmdir,symlink,symlinkat,fsync,fdatasync"


def seeded() -> random.Random:
    """A source of delays; its seed is printed, and taken from $VMCRED_SEED."""
    seed = int(os.environ.get("VMCRED_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"VMCRED_SEED={seed}")
    return random.Random(seed)


def seconds_of(job: Callable[[], object]) -> float:
    start = time.monotonic()
    job()
    return time.monotonic() - start


def kill_after(repository: Repository, seconds: float, *words: str | Path, value: bytes = b"") -> None:
    """Starts a command with this on its input, and kills it and all its children after this time."""
    process = subprocess.Popen(
        repository.command(*words), env=repository.environment, start_new_session=True, stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=repository.root,
    )
    process.stdin.write(value)
    process.stdin.close()
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def killed_at_write(repository: Repository, number: int, *words: str | Path) -> bool:
    """Runs a command that is killed before its write of this number, from 1. False if it has fewer."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is absent")
    inject = ["-qq", "-o", "/dev/null", "-e", f"trace={WRITES}", "-e", f"inject={WRITES}:signal=KILL:when={number}"]
    done = run(strace, *inject, *repository.command(*words), env=repository.environment, cwd=repository.root)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode(errors="replace")
    return done.returncode != 0


def remains(repository: Repository) -> list[Path]:
    """What a killed command has left for the next one to finish or to drop."""
    return list(repository.root.glob(".vmcred-journal*"))
