# SPDX-License-Identifier: Apache-2.0
"""Searches a host for secrets that got where they should not be.

Looks into every process's argv, environ and open files (those deleted since and memory files among them), and into
the directories and files it is given: working and state directories, logs, captured output, core dumps. A secret
counts as found in plain, base64 (at each of the three alignments), hex and percent-encoded form, and of a long one a
piece is enough.

While a VM runs, two places are allowed. One is the guest's own memory, where its VMM keeps that in a memory file: the
guest has its secrets. The VMM and its companions may hold it, which are the processes of the same user, if that is not
root. The other are sealed memory files named "vmcred", held by the VMM, or by the companion that waits for the guest to
fetch them: they are the transport itself.
"""

import argparse
import base64
import fcntl
import os
import stat
import sys
import urllib.parse
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

# Numbers of <linux/fcntl.h> that this Python's fcntl has no names for.
F_GET_SEALS = 1034
SEALED = 0x1 | 0x2 | 0x4 | 0x8  # seal, shrink, grow, write

TRANSPORT_FILE_PREFIX = "/memfd:vmcred"
# A guest's own memory, which its VMM (QEMU, crosvm) shares with the programs behind its devices.
GUEST_MEMORY = ("/memfd:memory-backend-memfd (deleted)", "/memfd:crosvm_guest (deleted)")
PULL_SERVER = "vmcred-pull"  # as the kernel names its process

SHORTEST_CANARY = 8  # what is shorter would be found by chance
PIECE = 24  # of a longer canary its beginning, middle and end are searched for: it may have been cut or wrapped
CHUNK = 4 << 20
LOCK = Path("/run/vmcred-leak-scan.lock")  # one search of a host at a time

T = TypeVar("T")

ELF_CORE = (b"\x7fELF", 4)  # e_ident's magic, and ET_CORE in e_type at offset 16


@dataclass(frozen=True)
class Finding:
    """Where a secret was found. Never says which one, let alone its bytes."""

    place: str
    detail: str


@dataclass
class Scan:
    """What to search for, and where. `sources` hold the secrets by right and are passed over.

    A canary must be unlike anything else on the host from its first byte to its last.
    """

    canaries: list[bytes]
    vmm_pid: int | None = None
    directories: list[Path] = field(default_factory=list)
    logs: list[Path] = field(default_factory=list)
    cores: list[Path] = field(default_factory=list)
    sources: list[Path] = field(default_factory=list)


class NotSearched(UserWarning):
    """A place that the scan could not look into. It is no finding, but nobody should believe it clean."""


def pieces(canary: bytes) -> set[bytes]:
    """The parts of a canary of which each one gives it away."""
    if len(canary) <= 2 * PIECE:
        return {canary}
    middle = len(canary) // 2
    return {canary[:PIECE], canary[middle : middle + PIECE], canary[-PIECE:]}


def base64_forms(text: bytes) -> Iterator[bytes]:
    """What base64 makes of the text wherever it begins in a longer one: the letters that only it decides."""
    for lead in range(3):
        padded = b"\0" * lead + text
        first = (lead * 8 + 5) // 6
        last = len(padded) * 8 // 6
        yield base64.b64encode(padded)[first:last]
        yield base64.urlsafe_b64encode(padded)[first:last]


def percent_forms(text: bytes) -> Iterator[bytes]:
    """With only the special characters encoded, and with all of them."""
    yield urllib.parse.quote_from_bytes(text, safe="").encode()
    yield "".join(f"%{byte:02X}" for byte in text).encode()
    yield "".join(f"%{byte:02x}" for byte in text).encode()


def forms(canary: bytes) -> dict[bytes, str]:
    """Every spelling of the canary that is searched for, with its name."""
    spellings: dict[bytes, str] = {}
    for piece in pieces(canary):
        spellings[piece] = "plain"
        for text in (piece.hex(), piece.hex().upper()):
            spellings.setdefault(text.encode(), "hex")
        for letters in base64_forms(piece):
            spellings.setdefault(letters, "base64")
        for letters in percent_forms(piece):
            spellings.setdefault(letters, "percent-encoded")
    return spellings


class Searcher:
    """Finds any of the canaries, in any spelling, in a piece of memory or a file."""

    def __init__(self, canaries: Iterable[bytes]) -> None:
        self._spellings: dict[bytes, str] = {}
        for canary in canaries:
            if len(canary) < SHORTEST_CANARY:
                raise ValueError(f"a canary of fewer than {SHORTEST_CANARY} bytes would be found by chance")
            self._spellings.update(forms(canary))
        self._overlap = max(map(len, self._spellings), default=1) - 1
        self._known: dict[tuple[int, int], str | None] = {}

    def spelling_in(self, haystack: bytes) -> str | None:
        """The name of a spelling that is in there, or None."""
        return next((name for needle, name in self._spellings.items() if needle in haystack), None)

    def spelling_in_file(self, descriptor: int) -> str | None:
        """As above, for a regular file of any size, which many processes may hold open."""
        status = os.fstat(descriptor)
        key = (status.st_dev, status.st_ino)
        if key not in self._known:
            self._known[key] = self._search(descriptor, status.st_size)
        return self._known[key]

    def _search(self, descriptor: int, size: int) -> str | None:
        tail = b""
        for offset in range(0, size, CHUNK):
            chunk = os.pread(descriptor, CHUNK, offset)
            if spelling := self.spelling_in(tail + chunk):
                return spelling
            tail = chunk[-self._overlap :]
        return None


def identity(path: Path) -> tuple[int, int]:
    """What stays the same under all of a file's names."""
    status = os.stat(path)
    return status.st_dev, status.st_ino


def is_sealed(descriptor: int) -> bool:
    """Can nobody change this memory file any more?"""
    try:
        return fcntl.fcntl(descriptor, F_GET_SEALS) & SEALED == SEALED
    except OSError:
        return False  # not a memory file


def is_core_dump(descriptor: int) -> bool:
    """Is this the memory of a process that crashed?"""
    header = os.pread(descriptor, 18, 0)
    return (header[:4], int.from_bytes(header[16:18], "little")) == ELF_CORE


def users(process: Path) -> list[str]:
    """The four user IDs of a process."""
    status = (process / "status").read_text().splitlines()
    return next(line.split()[1:] for line in status if line.startswith("Uid:"))


def unless_gone(look: Callable[[Path], Iterable[T]], place: Path) -> list[T]:
    """What `look` finds at a place of a process, which may end or close its files meanwhile."""
    try:
        return list(look(place))
    except (FileNotFoundError, ProcessLookupError):
        return []


class HostScan:
    """One search of the whole host."""

    def __init__(self, scan: Scan) -> None:
        self._scan = scan
        self._searcher = Searcher(scan.canaries)
        self._sources = {identity(path) for path in scan.sources}
        self._vmms_users = [] if scan.vmm_pid is None else users(Path("/proc", str(scan.vmm_pid)))
        # What is in these was made by the kernel, not stored by somebody.
        self._kernel_devices = {os.stat(path).st_dev for path in ("/proc", "/sys")}

    def findings(self) -> Iterator[Finding]:
        """Everything that was found."""
        for process in Path("/proc").iterdir():
            if process.name.isdigit():
                yield from self._in_process(process)
        for directory in self._scan.directories:
            yield from self._below(directory)
        for path in self._scan.logs + self._scan.cores:
            yield from self._in_file(path)

    def _in_process(self, process: Path) -> Iterator[Finding]:
        try:
            for place in ("cmdline", "environ"):
                yield from unless_gone(self._in_text, process / place)
            for link in unless_gone(Path.iterdir, process / "fd"):
                yield from unless_gone(self._in_open_file, link)
        except PermissionError:
            # Some sandboxes keep one process or another from root too. The VMM must not be one of these.
            if process.name == str(self._scan.vmm_pid):
                raise
            warnings.warn(f"{process} is closed to this user", NotSearched, stacklevel=1)

    def _in_text(self, place: Path) -> Iterator[Finding]:
        if spelling := self._searcher.spelling_in(place.read_bytes()):
            yield Finding(str(place), spelling)

    def _in_open_file(self, link: Path) -> Iterator[Finding]:
        status = os.stat(link)
        if not stat.S_ISREG(status.st_mode) or status.st_dev in self._kernel_devices:
            return
        if (status.st_dev, status.st_ino) in self._sources:
            return
        descriptor = os.open(link, os.O_RDONLY | os.O_CLOEXEC)
        try:
            # Of what was opened: by the time it is searched the process may have another file at this number.
            name = os.readlink(f"/proc/self/fd/{descriptor}")
            spelling = self._searcher.spelling_in_file(descriptor)
            if spelling and not self._is_allowed(link.parent.parent, name, descriptor):
                yield Finding(str(link), f"{spelling}, in {self._printable(name)}")
        finally:
            os.close(descriptor)

    def _is_allowed(self, process: Path, name: str, descriptor: int) -> bool:
        if self._scan.vmm_pid is None:
            return False
        is_vmm = process.name == str(self._scan.vmm_pid)
        if name in GUEST_MEMORY:
            return is_vmm or self._is_companion(process)
        if not name.startswith(TRANSPORT_FILE_PREFIX) or not is_sealed(descriptor):
            return False
        return is_vmm or (self._is_pull_server(process) and self._is_companion(process))

    def _is_companion(self, process: Path) -> bool:
        return "0" not in self._vmms_users and users(process) == self._vmms_users

    def _is_pull_server(self, process: Path) -> bool:
        return (process / "comm").read_text().strip() == PULL_SERVER

    def _below(self, directory: Path) -> Iterator[Finding]:
        for parent, directory_names, file_names in os.walk(directory):
            for name in directory_names + file_names:
                path = Path(parent) / name
                if spelling := self._searcher.spelling_in(os.fsencode(name)):
                    yield Finding(self._printable(parent), f"{spelling}, in the name of an entry")
                if not path.is_symlink() and path.is_file():
                    yield from self._in_file(path)

    def _in_file(self, path: Path) -> Iterator[Finding]:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            return  # a log that was never written, or a file gone since
        try:
            if identity(Path(f"/proc/self/fd/{descriptor}")) in self._sources:
                return
            if spelling := self._searcher.spelling_in_file(descriptor):
                kind = ", in a core dump" if is_core_dump(descriptor) else ""
                yield Finding(self._printable(str(path)), spelling + kind)
        finally:
            os.close(descriptor)

    def _printable(self, name: str) -> str:
        return "(a name that holds the secret)" if self._searcher.spelling_in(os.fsencode(name)) else name


@contextmanager
def only_search() -> Iterator[None]:
    """Waits for other searches of this host: each has the files open that it is looking at, which the other would find."""
    descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def scan_host(scan: Scan) -> list[Finding]:
    """Searches everything. Needs root, to see all processes' open files."""
    if os.geteuid() != 0:
        raise PermissionError("a leak scan that can't see every process proves nothing: run it as root")
    with only_search():
        return list(HostScan(scan).findings())


def main() -> int:
    """The command line: prints each finding, then how many there are."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--canary-file", type=Path, action="append", required=True, help="a file that holds a secret")
    parser.add_argument("--vmm-pid", type=int, help="the process that may hold the sealed memory files")
    parser.add_argument("--directory", type=Path, action="append", default=[], help="search all files below")
    parser.add_argument("--log", type=Path, action="append", default=[], help="search this file")
    parser.add_argument("--core", type=Path, action="append", default=[], help="search this core dump")
    parser.add_argument("--source", type=Path, action="append", default=[], help="pass this file over")
    arguments = parser.parse_args()
    warnings.showwarning = lambda message, *_: print(f"scanner: not searched: {message}", file=sys.stderr)
    findings = scan_host(
        Scan(
            canaries=[path.read_bytes() for path in arguments.canary_file],
            vmm_pid=arguments.vmm_pid,
            directories=arguments.directory,
            logs=arguments.log,
            cores=arguments.core,
            sources=arguments.source + arguments.canary_file,
        )
    )
    for finding in findings:
        print(f"{finding.place}: {finding.detail}")
    print(f"{len(findings)} leaks")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
