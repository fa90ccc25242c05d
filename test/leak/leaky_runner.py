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


def start_child(name: bytes = b"cat", **options: object) -> None:
    """A process under this name that ends with this one's standard input."""
    subprocess.Popen([name, "-"], executable="/bin/cat", stdout=subprocess.DEVNULL, **options)


def start_pull_server(directory: Path, descriptor: int) -> None:
    """A child that the kernel names as it names a pull server."""
    program = directory / "vmcred-pull"
    program.symlink_to("/bin/cat")
    subprocess.Popen([program, "-"], stdout=subprocess.DEVNULL, pass_fds=[descriptor])


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
    "memfd-pull-server": lambda secret, directory: start_pull_server(directory, memory_file("vmcred", secret)),
    "memfd-pull-server-unsealed": lambda secret, directory: start_pull_server(
        directory, memory_file("vmcred", secret, seals=0)
    ),
    "memfd-pull-server-other-name": lambda secret, directory: start_pull_server(
        directory, memory_file("cache", secret)
    ),
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


def main() -> None:
    """Leaks, and waits to be ended."""
    leak, secret_file, directory = sys.argv[1:]
    LEAKS[leak](Path(secret_file).read_bytes(), Path(directory))
    print("ready", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
