# SPDX-License-Identifier: Apache-2.0
"""What the host sends, written a second time from docs/formats, so that reader and writer can't be wrong alike."""

import base64
import hashlib
import os
import struct
import subprocess
import tempfile
from pathlib import Path


def number(value: int) -> bytes:
    return struct.pack("<I", value)


def archive(credentials: dict[str, bytes]) -> bytes:
    """docs/formats/archive.md."""
    entries = [number(len(name)) + name.encode() + number(len(value)) + value for name, value in credentials.items()]
    return b"vmcred\0\1" + number(len(entries)) + b"".join(entries)


def manifest(credentials: dict[str, bytes]) -> bytes:
    """docs/formats/manifest.md."""
    key = os.urandom(32)
    lines = [b"vmcred-manifest 1", b"key " + base64.b64encode(key)]
    for name, value in sorted((name.encode(), value) for name, value in credentials.items()):
        digest = hashlib.blake2b(len(name).to_bytes(8, "little") + name + value, key=key, digest_size=32).digest()
        lines.append(b"%d %s %s" % (len(value), base64.b64encode(digest), name))
    return b"\n".join([*lines, b"end %d" % len(credentials), b""])


def with_manifest(credentials: dict[str, bytes]) -> dict[str, bytes]:
    return credentials | {"vmcred.manifest": manifest(credentials)}


def shim_segment(credentials: bytes, program: Path, next_init: str = "/init") -> bytes:
    """docs/formats/initrd.md, by cpio. `credentials` is the archive."""
    with tempfile.TemporaryDirectory() as root:
        shim = Path(root, ".vmcred")
        shim.mkdir(mode=0o700)
        for name, content, mode in (
            ("credentials", credentials, 0o400),
            ("next", next_init.encode(), 0o400),
            ("init", program.read_bytes(), 0o755),
        ):
            (shim / name).write_bytes(content)
            (shim / name).chmod(mode)
        paths = b".vmcred\n.vmcred/credentials\n.vmcred/next\n.vmcred/init\n"
        cpio = ["cpio", "--quiet", "--create", "--format=newc", "--owner=+0:+0"]
        return subprocess.run(cpio, cwd=root, input=paths, capture_output=True, check=True).stdout


def behind(initrd: bytes, segment: bytes) -> bytes:
    """An initrd with a segment behind it."""
    return initrd + b"\0" * (4 + -len(initrd) % 4) + segment
