# SPDX-License-Identifier: Apache-2.0
"""Stands for a runner that lets a secret escape: `leaky_runner.py LEAK SECRET_FILE DIRECTORY`.

Leaks the secret in the one way that LEAK names, says "ready" and stays until its standard input ends. The scanner's
tests prove with it that the scanner sees each such leak, and with "none" that it does not cry wolf.
"""

import base64
import fcntl
import os
import resource
import signal
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path

# Numbers of <linux/fcntl.h> that this Python's fcntl has no names for.
F_ADD_SEALS = 1033
SHRINK_AND_GROW = 0x2 | 0x4
ALL_SEALS = 0x1 | SHRINK_AND_GROW | 0x8

LINE = b"\nsome log line: "

# Any but root, and each other.
VMS_USER = 65534
OTHER_USER = 65533

GUEST_MEMORY = "memory-backend-memfd"
PULL_SERVER = "vmcred-pull"


def start_child(name: bytes = b"cat", **options: object) -> None:
    """A process under this name that ends with this one's standard input."""
    subprocess.Popen([name, "-"], executable="/bin/cat", stdout=subprocess.DEVNULL, **options)


def start_companion(name: str = "vmcred-watch", user: int = VMS_USER, vms_user: int = VMS_USER) -> None:
    """A child that the kernel calls `name`, with the same open files; it ends with this one's standard input.

    It becomes `user`, and this process, which plays the VMM, `vms_user`.
    """
    ready, telling = os.pipe()
    if os.fork() == 0:
        Path("/proc/self/comm").write_text(name)
        os.setresuid(user, user, user)
        os.close(telling)
        sys.stdin.read()
        os._exit(0)
    os.close(telling)
    os.read(ready, 1)
    os.setresuid(vms_user, vms_user, vms_user)


def memory_file(name: str, secret: bytes, seals: int = ALL_SEALS) -> int:
    """A memfd that holds the secret; stays open until the end."""
    descriptor = os.memfd_create(name, os.MFD_ALLOW_SEALING)
    os.write(descriptor, secret)
    fcntl.fcntl(descriptor, F_ADD_SEALS, seals)
    return descriptor


def open_file(path: Path, content: bytes) -> int:
    """A file on disk that holds the content; stays open until the end."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.write(descriptor, content)
    return descriptor


def deleted_file(path: Path, content: bytes) -> None:
    """A file that is gone from its directory and not from its disk."""
    open_file(path, content)
    path.unlink()


def crash(directory: Path) -> None:
    """Dies as on a bad pointer, with the secret in memory and core dumps allowed."""
    os.chdir(directory)
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    os.kill(os.getpid(), signal.SIGSEGV)


LEAKS: dict[str, Callable[[bytes, Path], object]] = {
    "none": lambda secret, _: memory_file("vmcred", secret),
    "argv": lambda secret, _: start_child(name=secret),
    "environ": lambda secret, _: start_child(env={b"MICROVM_PLATFORM_OPS": secret}),
    "open-file": lambda secret, directory: open_file(directory / "open", secret),
    "deleted-file": lambda secret, directory: deleted_file(directory / "deleted", secret),
    "memfd-unsealed": lambda secret, _: memory_file("vmcred", secret, seals=0),
    "memfd-writable": lambda secret, _: memory_file("vmcred", secret, seals=SHRINK_AND_GROW),
    "memfd-other-name": lambda secret, _: memory_file("cache", secret),
    "memfd-other-process": lambda secret, _: start_child(pass_fds=[memory_file("vmcred", secret)]),
    "file": lambda secret, directory: (directory / "file").write_bytes(LINE + secret),
    "file-name": lambda secret, directory: (directory / secret.decode()).touch(),
    "file-cut": lambda secret, directory: (directory / "file").write_bytes(LINE + secret[-40:]),
    "base64": lambda secret, directory: (directory / "file").write_bytes(LINE + base64.b64encode(secret)),
    "base64-shifted-1": lambda secret, directory: (directory / "file").write_bytes(base64.b64encode(b"a" + secret)),
    "base64-shifted-2": lambda secret, directory: (directory / "file").write_bytes(base64.b64encode(b"ab" + secret)),
    "base64-lines": lambda secret, directory: (directory / "file").write_bytes(base64.encodebytes(secret)),
    "hex": lambda secret, directory: (directory / "file").write_bytes(LINE + secret.hex().encode()),
    "percent": lambda secret, directory: (directory / "file").write_text(urllib.parse.quote(secret, safe="")),
    "core-dump": lambda _, directory: crash(directory),
}

# Memory files that this process and a companion hold: name, seals, and what is special about the companion.
SHARED: dict[str, tuple[str, int, dict[str, object]]] = {
    "guest-memory": (GUEST_MEMORY, 0, {}),
    "guest-memory-crosvm": ("crosvm_guest", 0, {}),
    "guest-memory-longer-name": (f"{GUEST_MEMORY}-2", 0, {}),
    "guest-memory-other-user": (GUEST_MEMORY, 0, {"user": OTHER_USER}),
    "guest-memory-roots": (GUEST_MEMORY, 0, {"user": 0, "vms_user": 0}),
    "pull-server": ("vmcred", ALL_SEALS, {"name": PULL_SERVER}),
    "pull-server-unsealed": ("vmcred", 0, {"name": PULL_SERVER}),
    "pull-server-other-file": ("cache", ALL_SEALS, {"name": PULL_SERVER}),
    "pull-server-other-name": ("vmcred", ALL_SEALS, {"name": "vmcred-watch"}),
    "pull-server-other-user": ("vmcred", ALL_SEALS, {"name": PULL_SERVER, "user": OTHER_USER}),
    "pull-server-roots": ("vmcred", ALL_SEALS, {"name": PULL_SERVER, "user": 0, "vms_user": 0}),
}


def leak_out(leak: str, secret: bytes, directory: Path) -> None:
    """In the one way that is asked for."""
    if leak not in SHARED:
        LEAKS[leak](secret, directory)
        return
    name, seals, companion = SHARED[leak]
    memory_file(name, secret, seals)
    start_companion(**companion)


def main() -> None:
    """Leaks, and waits to be ended."""
    leak, secret_file, directory = sys.argv[1:]
    leak_out(leak, Path(secret_file).read_bytes(), Path(directory))
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
