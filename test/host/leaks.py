# SPDX-License-Identifier: Apache-2.0
"""Searches a host container for secrets: its processes, its disk, its memory file systems and its whole journal."""

import sys
from pathlib import Path

from container import Container, status_of

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "leak"))

from scanner import Scan  # noqa: E402  (found through the path above)

# File systems in memory that a unit may leave something in. What a container writes elsewhere is in its upper layer.
MEMORY_PLACES = ("/run", "/tmp", "/dev/shm")
CREDENTIALS = "/run/credentials"


def host_pid(container: Container, pid: int | str) -> int | None:
    """The number that a process of the container has on this machine; None for 0, which systemd says for none."""
    numbers = {tuple(status_of(each).get("NSpid", "").split()[-1:]): each for each in container.processes()}
    return numbers.get((str(pid),))


def vmm_pid(container: Container, unit: str) -> int | None:
    """The VMM of a unit, as this machine counts."""
    return host_pid(container, container.properties(unit, "MainPID")["MainPID"])


def said_by_systemd(container: Container) -> bytes:
    """All that systemd tells of its units, and all that is in the journal."""
    container.run("journalctl", "--sync")
    told = [
        ("journalctl", "--no-pager", "--output=export", "--all"),
        ("systemctl", "show", "--no-pager", "*"),
        ("systemctl", "status", "--no-pager", "--full", "--lines=1000", "*"),
    ]
    return b"".join(container.run_bytes(*words).stdout for words in told)


def scan_of(container: Container, canaries: list[bytes], vmm: int | None, sources: list[str]) -> Scan:
    """Where to search. `sources` are paths inside that hold the secrets by right, as units' credentials do."""
    told = container.place / "said-by-systemd"
    told.write_bytes(said_by_systemd(container))
    credentials = [path for path in container.path(CREDENTIALS).glob("*/*") if path.is_file()]
    return Scan(
        canaries=canaries,
        vmm_pid=vmm,
        directories=[container.upper, *(container.path(place) for place in MEMORY_PLACES)],
        logs=[container.console, told],
        sources=[*(container.path(source) for source in sources), *credentials],
    )
