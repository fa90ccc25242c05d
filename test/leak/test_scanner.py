# SPDX-License-Identifier: Apache-2.0
"""Proves that the leak scanner sees a leak in each place it claims to search, and none where there is none.

A scanner that finds nothing proves nothing until it has been seen to find something.
"""

import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from scanner import Finding, Scan, Searcher, scan_host

HERE = Path(__file__).parent

# In the running process or its child, and seen without being told where to look.
IN_PROCESSES = {
    "argv": "/cmdline",
    "environ": "/environ",
    "open-file": "/fd/",
    "deleted-file": "/fd/",
    "memfd-unsealed": "/fd/",
    "memfd-writable": "/fd/",
    "memfd-other-name": "/fd/",
    "memfd-other-process": "/fd/",
}
# In a file, with the spelling that gives it away.
IN_FILES = {
    "file": "plain",
    "file-cut": "plain",
    "base64": "base64",
    "base64-shifted-1": "base64",
    "base64-shifted-2": "base64",
    "base64-lines": "base64",
    "hex": "hex",
    "percent": "percent-encoded",
}


@dataclass
class Case:
    """A secret, the file it came from, and a directory for the runner to leak into."""

    secret: bytes
    source: Path
    directory: Path

    def scan(self, **more: object) -> list[Finding]:
        findings = scan_host(Scan(canaries=[self.secret], sources=[self.source], **more))
        assert not any(self.secret.decode() in f"{finding}" for finding in findings), "a finding shows the secret"
        return findings


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Every test has a secret that nothing else on this host can hold, and no part of which is its own URL encoding."""
    secret = "+=".join(secrets.token_hex(4) for _ in range(13)).encode()
    source = tmp_path / "secret"
    source.write_bytes(secret)
    directory = tmp_path / "leaks"
    directory.mkdir()
    return Case(secret, source, directory)


@pytest.fixture(autouse=True, scope="session")
def root() -> None:
    """The scanner looks into all processes; a run that cannot must not look like one that found nothing."""
    assert os.geteuid() == 0, "these tests need root"


def command(leak: str, case: Case) -> list[str | Path]:
    return [sys.executable, "-B", HERE / "leaky_runner.py", leak, case.source, case.directory]


@contextmanager
def runner(leak: str, case: Case) -> Iterator[subprocess.Popen[bytes]]:
    """The leaky runner, with its leak in place."""
    process = subprocess.Popen(command(leak, case), stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout and process.stdout.readline() == b"ready\n"
        yield process
    finally:
        process.communicate()


@pytest.mark.parametrize("leak", IN_PROCESSES)
def test_finds_a_leak_in_a_process(leak: str, case: Case) -> None:
    with runner(leak, case) as process:
        findings = case.scan(vmm_pid=process.pid)
    assert [finding.detail.split(",")[0] for finding in findings] == ["plain"]
    assert IN_PROCESSES[leak] in findings[0].place


@pytest.mark.parametrize("leak", IN_FILES)
@pytest.mark.parametrize("how", ["directories", "logs"])
def test_finds_a_leak_in_a_file(leak: str, how: str, case: Case) -> None:
    with runner(leak, case) as process:
        place = case.directory if how == "directories" else case.directory / "file"
        findings = case.scan(vmm_pid=process.pid, **{how: [place]})
    assert findings == [Finding(str(case.directory / "file"), IN_FILES[leak])]


def test_finds_a_leak_in_a_file_name(case: Case) -> None:
    with runner("file-name", case):
        findings = case.scan(directories=[case.directory])
    assert findings == [Finding(str(case.directory), "plain, in the name of an entry")]


def test_a_sealed_memory_file_is_the_vmms_alone(case: Case) -> None:
    with runner("none", case) as process:
        assert case.scan(vmm_pid=process.pid, directories=[case.directory]) == []
        assert len(case.scan(vmm_pid=os.getpid())) == 1
        assert len(case.scan(vmm_pid=None)) == 1


def holders(findings: list[Finding]) -> set[str]:
    """The processes that were found to hold a secret."""
    return {finding.place.split("/")[2] for finding in findings}


@pytest.mark.parametrize("share", ["guest-memory", "guest-memory-crosvm", "pull-server"])
def test_a_vm_may_share_it_while_it_runs(share: str, case: Case) -> None:
    """The guest's memory with any companion, the transport with the one that hands it over."""
    with runner(share, case) as process:
        assert case.scan(vmm_pid=process.pid) == []
        for other in (None, os.getpid()):
            found = holders(case.scan(vmm_pid=other))
            assert len(found) == 2 and str(process.pid) in found, "of this VM they are no longer"


@pytest.mark.parametrize(
    "share",
    ["guest-memory-other-user", "guest-memory-roots"]
    + ["pull-server-other-name", "pull-server-other-user", "pull-server-roots"],
)
def test_who_is_no_companion_may_not_hold_it(share: str, case: Case) -> None:
    """Nor is any process of root's one: that would be half of the host."""
    with runner(share, case) as process:
        found = holders(case.scan(vmm_pid=process.pid))
    assert len(found) == 1 and found != {str(process.pid)}, "the VMM itself may"


@pytest.mark.parametrize("share", ["guest-memory-longer-name", "pull-server-unsealed", "pull-server-other-file"])
def test_a_vm_shares_nothing_else(share: str, case: Case) -> None:
    with runner(share, case) as process:
        found = holders(case.scan(vmm_pid=process.pid))
    assert len(found) == 2 and str(process.pid) in found


def test_passes_over_a_source_by_any_name(case: Case) -> None:
    (case.directory / "link").hardlink_to(case.source)
    assert case.scan(directories=[case.directory.parent]) == []
    case.source = Path(__file__)
    assert len(case.scan(directories=[case.directory.parent])) == 2


def test_finds_a_leak_in_a_core_dump(case: Case) -> None:
    process = subprocess.run(command("core-dump", case), stdin=subprocess.DEVNULL, check=False)
    assert process.returncode == -signal.SIGSEGV
    cores = list(case.directory.glob("core*"))
    if not cores:
        cores = [dump_by_debugger(case)]
    for how in ({"directories": [case.directory]}, {"cores": cores}):
        assert case.scan(**how) == [Finding(str(cores[0]), "plain, in a core dump")]


def dump_by_debugger(case: Case) -> Path:
    """A core dump on a host that pipes its own to a program, where this test cannot reach them."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if shutil.which("gcore") is None:
        pytest.skip(f"core dumps go to {pattern!r} on this host, and there is no gcore (package gdb) to make another")
    with runner("none", case) as process:
        subprocess.run(["gcore", "-o", case.directory / "core", str(process.pid)], check=True, capture_output=True)
    return next(case.directory.glob("core*"))


def test_finds_what_lies_across_two_reads(tmp_path: Path) -> None:
    canary = secrets.token_bytes(40)
    for start in ((4 << 20) - 39, (4 << 20) - 1, 4 << 20):
        path = tmp_path / str(start)
        path.write_bytes(b"." * start + canary + b"." * 5)
        with path.open("rb") as file:
            assert Searcher([canary]).spelling_in_file(file.fileno()) == "plain"


def test_refuses_a_canary_that_chance_could_bring() -> None:
    with pytest.raises(ValueError):
        Searcher([b"\n"])


def test_command_line(case: Case) -> None:
    arguments = ["--canary-file", case.source, "--directory", case.directory, "--log", case.directory / "absent"]
    program = [sys.executable, "-B", HERE / "scanner.py", *arguments]
    clean = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (clean.returncode, clean.stdout) == (0, "0 leaks\n")

    (case.directory / "state").write_bytes(case.secret)
    leaky = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (leaky.returncode, leaky.stdout) == (1, f"{case.directory / 'state'}: plain\n1 leaks\n")
