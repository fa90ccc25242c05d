# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks-store.md: the figures, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass

from repository import MACHINES, SECRETS_PER_MACHINE
from table import markdown_table, verdict
from throughput import STREAM_MIB, Stream, Wraps

LEAST_TIMES_FASTER = 30
LEAST_FRACTION = 0.6
MOST_STREAM_MIB = 16


@dataclass(frozen=True)
class Job:
    """Seconds for all secrets, and how many X25519 operations one of them takes at least."""

    name: str
    vmcred: float
    sops: float
    age: float | None
    operations: int

    def least_seconds(self, wraps: Wraps, cores: int) -> float:
        """Of bare X25519 on all cores: no program can be faster."""
        return MACHINES * SECRETS_PER_MACHINE * self.operations / (wraps.openssl * cores)


@dataclass(frozen=True)
class Measured:
    """One run."""

    jobs: list[Job]
    wraps: Wraps
    stream: Stream
    cores: int


def _job_rows(job: Job, measured: Measured):
    least = job.least_seconds(measured.wraps, measured.cores)
    for name, seconds in (("sops", job.sops), ("age", job.age)):
        if seconds is None:
            continue
        ratio = seconds / job.vmcred
        verdict = verdict(ratio >= LEAST_TIMES_FASTER)
        if least and seconds / least < LEAST_TIMES_FASTER:
            verdict = f"out of reach: X25519 alone allows {seconds / least:.0f} times"
        yield (f"{job.name}, against {name}", f"at least {LEAST_TIMES_FASTER} times faster", f"{ratio:.0f} times", verdict)


def job_table(measured: Measured) -> str:
    """Every promise and whether this run kept it."""
    rows = [row for job in measured.jobs for row in _job_rows(job, measured)]
    fraction = measured.wraps.fraction
    rows.append(("wrapping file keys, of bare X25519", f"at least {LEAST_FRACTION:.0%}", f"{fraction:.0%}",
                 verdict(fraction >= LEAST_FRACTION)))
    for name, ours, theirs in _stream_pairs(measured.stream):
        ratio = theirs.seconds / ours.seconds
        rows.append((f"{STREAM_MIB} MiB, {name}, against age", "at least as fast", f"{ratio:.2f} times", verdict(ratio >= 1)))
        rows.append((f"{STREAM_MIB} MiB, {name}, peak memory", f"less than {MOST_STREAM_MIB} MiB",
                     f"{ours.peak_mib:.1f} MiB", verdict(ours.peak_mib < MOST_STREAM_MIB)))
    return markdown_table(("figure", "target", "measured", "verdict"), rows)


def _stream_pairs(stream: Stream):
    yield "encrypt", stream.vmcred_encrypt, stream.age_encrypt
    yield "decrypt", stream.vmcred_decrypt, stream.age_decrypt


def _seconds_table(measured: Measured) -> str:
    rows = [
        (job.name, f"{job.vmcred:.3f} s", f"{job.sops:.1f} s", "-" if job.age is None else f"{job.age:.1f} s",
         str(job.operations), f"{job.least_seconds(measured.wraps, measured.cores):.3f} s" if job.operations else "-")
        for job in measured.jobs
    ]
    return markdown_table(("job", "vmcred", "sops", "age", "X25519 operations a secret", "these alone, on all cores"), rows)


def _stream_table(stream: Stream) -> str:
    rows = [
        (name, f"{ours.seconds:.2f} s", f"{theirs.seconds:.2f} s", f"{ours.peak_mib:.1f} MiB", f"{theirs.peak_mib:.1f} MiB")
        for name, ours, theirs in _stream_pairs(stream)
    ]
    return markdown_table(("job", "vmcred", "age", "peak memory of vmcred", "of age"), rows)


def whole_page(measured: Measured, machine: list[tuple[str, str]]) -> str:
    """The page."""
    secrets = MACHINES * SECRETS_PER_MACHINE
    return f"""\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Benchmarks of the store

What generating, reading and re-encrypting secrets costs, measured by `./dev bench store`, which writes this page. All
figures of a page come from one run on one machine. The page of the runner is [benchmarks.md](benchmarks.md).

{job_table(measured)}
{markdown_table(("machine", ""), machine)}
## {secrets:,} secrets

{MACHINES} machines with {SECRETS_PER_MACHINE} secrets each, every one for three recipients: an admin, the machine, the host.

{_seconds_table(measured)}
vmcred's jobs are `vars import`, `vars export`, `vars users add` and `vars check` with the sops backend, one process each,
with the config read, the files found and, where something changes, everything written in one transaction; the median of
five. The peers run one process for each secret: `sops encrypt`, `decrypt`, `updatekeys`, `filestatus` and `age`, in a
row, once. To add a recipient, age has to decrypt and to encrypt again; it has no way to check. `sops filestatus` only
tells whether a file is encrypted: `vars check` also compares its recipients with those it should have. All files are on
tmpfs: on a disk its file system would be what is measured.

The operations are those that age's format cannot do without: two to wrap a key for a recipient, one to unwrap it. Their
time is that of `openssl speed` on this machine; whoever is faster than that has not encrypted.

## Against the limit

An age file key is wrapped for a recipient with {2} X25519 operations and a few hashes. On one core, vmcred did
{measured.wraps.ours:,.0f} such operations a second that way, `openssl speed` {measured.wraps.openssl:,.0f} bare ones: {measured.wraps.fraction:.0%}.

## A large file

{STREAM_MIB} MiB of random bytes through `vmcred age` and through `age`, files on tmpfs, medians of five runs in turns.

{_stream_table(measured.stream)}"""
