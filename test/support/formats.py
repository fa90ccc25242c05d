# SPDX-License-Identifier: Apache-2.0
"""What the host sends, written and read again from docs/formats, so that writer and reader can't be wrong alike."""

import base64
import hashlib
import os
import struct
import subprocess
import tempfile
from pathlib import Path

ARCHIVE_MARK = b"vmcred\0\1"


def number(value: int) -> bytes:
    return struct.pack("<I", value)


def archive(credentials: dict[str, bytes]) -> bytes:
    """docs/formats/archive.md."""
    entries = [number(len(name)) + name.encode() + number(len(value)) + value for name, value in credentials.items()]
    return ARCHIVE_MARK + number(len(entries)) + b"".join(entries)


def archived(content: bytes) -> dict[str, bytes]:
    """The credentials of an archive."""
    assert content.startswith(ARCHIVE_MARK)
    (count,) = struct.unpack_from("<I", content, len(ARCHIVE_MARK))
    place = len(ARCHIVE_MARK) + 4
    parts = []
    for _ in range(2 * count):
        (size,) = struct.unpack_from("<I", content, place)
        parts.append(content[place + 4 : place + 4 + size])
        place += 4 + size
    assert place == len(content)
    return dict(zip(map(bytes.decode, parts[::2]), parts[1::2], strict=True))


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


def files_behind(own: bytes, initrd: bytes) -> dict[str, bytes]:
    """The files behind the guest's own initrd (docs/formats/initrd.md), as far as they are whole."""
    assert initrd.startswith(own), "the guest's own initrd is not what it was"
    place = initrd.index(b"070701", len(own))
    assert place % 4 == 0 and not initrd[len(own) : place].strip(b"\0")
    files = {}
    while True:
        fields = [int(initrd[place + 6 + 8 * i : place + 14 + 8 * i], 16) for i in range(13)]
        size, name_size = fields[6], fields[11]
        name_at = place + 110
        name = initrd[name_at : name_at + name_size - 1].decode()
        data_at = (name_at + name_size + 3) & ~3
        if name == "TRAILER!!!" or data_at + size > len(initrd):
            return files
        files[name] = initrd[data_at : data_at + size]
        place = (data_at + size + 3) & ~3
