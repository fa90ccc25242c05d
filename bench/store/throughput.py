# SPDX-License-Identifier: Apache-2.0
"""How near vmcred comes to a limit: wrapped file keys against bare X25519, and a large file against age."""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from repository import BenchError, make_key, output

OPERATIONS_PER_WRAP = 2  # one for the ephemeral key's public half, one for the shared secret
ROUNDS = 5
STREAM_MIB = 1024


@dataclass(frozen=True)
class Wraps:
    """Operations a second on one core; the fraction is ours of OpenSSL's, measured in turns."""

    ours: float
    openssl: float
    fraction: float


def _openssl_operations() -> float:
    text = output("openssl", "speed", "-seconds", "1", "ecdhx25519")
    found = re.search(r"X25519\)\s+\S+\s+([\d.]+)", text)
    if not found:
        raise BenchError("openssl speed does not say how fast X25519 is")
    return float(found.group(1))


def measure_wraps(age_wrap: Path) -> Wraps:
    """Medians of rounds in turns. `age_wrap` prints how many file keys it wraps in a second of processor time."""
    pairs = [(float(output(age_wrap)) * OPERATIONS_PER_WRAP, _openssl_operations()) for _ in range(ROUNDS)]
    return Wraps(
        ours=statistics.median(ours for ours, _ in pairs),
        openssl=statistics.median(theirs for _, theirs in pairs),
        fraction=statistics.median(ours / theirs for ours, theirs in pairs),
    )


@dataclass(frozen=True)
class Run:
    """One process."""

    seconds: float
    peak_mib: float


@dataclass(frozen=True)
class Stream:
    """A large file, medians of runs in turns."""

    vmcred_encrypt: Run
    age_encrypt: Run
    vmcred_decrypt: Run
    age_decrypt: Run


def _peak_kib(process: int) -> int:
    """Of the program that runs now: what wait4 tells would include the process that started it."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0
    found = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) if found else 0


def _run(command: list[str]) -> Run:
    """Wall time and peak memory of a process. The peak only grows; it is looked at until shortly before the end."""
    start = time.perf_counter()
    child = subprocess.Popen(command)
    peak = 0
    while True:
        try:
            status = child.wait(timeout=0.02)
            break
        except subprocess.TimeoutExpired:
            peak = max(peak, _peak_kib(child.pid))
    if status != 0:
        raise BenchError(f"{' '.join(command)}: exit code {status}")
    return Run(time.perf_counter() - start, peak / 1024)


def _medians(runs: list[Run]) -> Run:
    return Run(statistics.median(r.seconds for r in runs), max(r.peak_mib for r in runs))


def measure_stream(vmcred: Path, folder: Path) -> Stream:
    """Encrypts and decrypts one file with both programs."""
    key = folder / "stream.txt"
    recipient = make_key(key)
    place = folder / "stream"
    place.mkdir()
    plain, sealed, opened = (str(place / name) for name in ("plain", "sealed", "opened"))
    with open(plain, "wb") as file:
        for _ in range(STREAM_MIB):
            file.write(os.urandom(1 << 20))
    commands = {
        "vmcred_encrypt": [str(vmcred), "age", "encrypt", "-r", recipient, "-o", sealed, plain],
        "vmcred_decrypt": [str(vmcred), "age", "decrypt", "-i", str(key), "-o", opened, sealed],
        "age_encrypt": ["age", "-r", recipient, "-o", sealed, plain],
        "age_decrypt": ["age", "-d", "-i", str(key), "-o", opened, sealed],
    }
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(ROUNDS):
        for name, command in commands.items():
            Path(command[-2]).unlink(missing_ok=True)
            runs[name].append(_run(command))
    return Stream(**{name: _medians(of) for name, of in runs.items()})
