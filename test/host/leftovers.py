# SPDX-License-Identifier: Apache-2.0
"""What there is on a host that a VM may leave behind: to be compared from before it ran to after it has ended."""

import os
import time
from pathlib import Path

from container import Container

# Where units get files, and where anything may leave some.
PLACES = (
    "/run/credentials",
    "/run/private",
    "/run/systemd",
    "/run/vmcred",
    "/run/vmcred-history",
    "/run/vmcred-provider",
    "/var/lib/private",
    "/var/lib/vmcred",
    "/var/lib/vmcred-history",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
)
# These come and go with commands that a test runs.
OF_OTHERS = ("/run/systemd/journal", "/run/systemd/inhibit", "/run/systemd/sessions", "/run/systemd/users")
TIDYING_SECONDS = 20
DAEMONS_THAT_END_WHEN_IDLE = ("systemd-hostnam", "systemd-localed", "systemd-timedat")


def files(container: Container) -> set[str]:
    """Those of the places, with sockets and directories."""
    listed = container.run("find", *PLACES, "-printf", "%y %p\\n", check=False).stdout.splitlines()
    return {f"file {line}" for line in listed if not any(other in line for other in OF_OTHERS)}


def mounts(container: Container) -> set[str]:
    """Where something is mounted, in each name space that a process is in."""
    found = set()
    for pid in container.processes():
        try:
            lines = Path(f"/proc/{pid}/mountinfo").read_text().splitlines()
        except OSError:  # the process is gone
            continue
        found |= {f"mount {line.split()[4]}" for line in lines}
    return found


def processes(container: Container) -> set[str]:
    """Their names and the memory files that they hold."""
    found = set()
    for pid in container.processes():
        try:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir()]
        except OSError:
            continue
        if name not in DAEMONS_THAT_END_WHEN_IDLE:
            found |= {f"process {name}", *(f"descriptor of {name}: {link}" for link in links if "memfd:" in link)}
    return found


def names(container: Container) -> set[str]:
    """Units, control groups, users that only systemd knows, and sockets' names."""
    units = container.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "--full").stdout
    found = {f"unit {line.split()[0]}" for line in units.splitlines() if line.strip()}
    groups = container.run("find", "/sys/fs/cgroup", "-type", "d").stdout.splitlines()
    found |= {f"control group {group}" for group in groups}
    found |= {f"user {user}" for user in container.run("ls", "/run/systemd/dynamic-uid", check=False).stdout.split()}
    sockets = container.read("/proc/net/unix").splitlines()
    return found | {f"socket {line.split()[-1]}" for line in sockets if "vmcred" in line or "microvm" in line}


def all_that_is_there(container: Container) -> set[str]:
    """A line for each thing."""
    return files(container) | mounts(container) | processes(container) | names(container)


def descriptors_of_systemd(container: Container) -> int:
    """How many PID 1 has open."""
    return len(list(Path(f"/proc/{container.leader}/fd").iterdir()))


def memory_of_systemd(container: Container) -> int:
    """What PID 1 has for itself, in bytes."""
    lines = Path(f"/proc/{container.leader}/smaps_rollup").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Private_Dirty:"))


def new_things(container: Container, before: set[str]) -> list[str]:
    """What is there and was not before. Waits a little: systemd tidies up after it has said that it has."""
    deadline = time.monotonic() + TIDYING_SECONDS
    while (new := all_that_is_there(container) - before) and time.monotonic() < deadline:
        time.sleep(0.2)
    return sorted(new)
