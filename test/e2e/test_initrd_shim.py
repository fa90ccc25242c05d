# SPDX-License-Identifier: Apache-2.0
"""Credentials behind the initrd: what vmcred-guest does as PID 1 before the guest's own init (docs/formats/initrd.md)."""

import os
import random
import subprocess
from pathlib import Path

import pytest
from bare_machine import BareMachine, base_of, guest_initrd
from conftest import SEED
from formats import archive, behind, shim_segment, with_manifest
from harness import STATIC, adversarial_secrets, demo_secrets, program

SHIM = "rdinit=/.vmcred/init"
OVERLAYS = {"busybox": "overlay-busybox"}
SYSTEMD = {"debian-12": "252", "debian-13": "257", "busybox": None}
ROWS = ("removed", "private", "files private", "in memory", "read-only", "one run", "told", "arguments")


def credentials() -> dict[str, bytes]:
    """Those of the other tests, and so many more that a file system in memory could become full of pages."""
    rng = random.Random(SEED)
    found = {secret.credential: secret.value for secret in demo_secrets(rng) + adversarial_secrets(rng)}
    found |= {name: value.encode() for name, value in STATIC.items()}
    found |= {f"SMALL_{i}": b"%d" % i for i in range(400)}
    return found | {"EMPTY": b"", "LARGEST": rng.randbytes(700 * 1024)}


def stripped(place: Path) -> Path:
    """The program as it is installed."""
    path = place / "vmcred-guest"
    subprocess.run(["strip", "-o", path, program("VMCRED_GUEST_BIN")], check=True)
    return path


def machine(place: Path, guest: str, segment: bytes, *parameters: str) -> BareMachine:
    base = base_of(guest)
    initrd = guest_initrd(place, base, OVERLAYS.get(guest, "overlay-systemd"), "overlay-shim")
    return BareMachine(place, base / "vmlinuz", behind(initrd, segment), (SHIM, *parameters))


@pytest.mark.parametrize("guest", ["debian-12", "debian-13", "busybox"])
def test_guest_finds_all_credentials_where_systemd_puts_them(tmp_path: Path, guest: str) -> None:
    """R24, W12-W15: with systemd 252, 257 and none; also more of them than any other transport carries."""
    sent = credentials()
    segment = shim_segment(archive(with_manifest(sent)), stripped(tmp_path))
    with machine(tmp_path, guest, segment, "shim-test-argument") as vm:
        report = vm.report
        console = vm.wait_for("rows tried")
    assert report["manifest"] == "ok"
    assert [entry["name"] for entry in report["credentials"] if entry["state"] != "ok"] == []
    assert (report["verified"], report["expected"]) == (len(sent), len(sent))
    assert report["undeclared"] == []
    assert report.get("systemd") == SYSTEMD[guest]
    assert [row for row in ROWS if f"row {row}: yes" not in console] == []
    if SYSTEMD[guest] is not None:
        assert "All secrets of this guest have arrived." in console  # by LoadCredential= of a unit


@pytest.mark.parametrize("compressor", ["gzip -c", "xz -c --check=crc32", "lz4 -lc", "zstd -c", "cat"])
def test_segment_follows_any_initrd(tmp_path: Path, compressor: str) -> None:
    """However the guest's initrd is compressed, and whatever its length."""
    base = base_of("busybox")
    plain = subprocess.run(["zstd", "-dc", base / "initrd"], capture_output=True, check=True).stdout
    nothing = subprocess.run(["cpio", "--quiet", "-o", "-H", "newc"], input=b"", capture_output=True, check=True).stdout
    initrd = subprocess.run(compressor.split(), input=plain + nothing, capture_output=True, check=True).stdout
    segment = shim_segment(archive({"A": b"1"}), stripped(tmp_path), "/bin/ls")
    parameters = (SHIM, "--", "/run/credentials/@system", "/.vmcred", "/init")
    with BareMachine(tmp_path, base / "vmlinuz", behind(initrd, segment), parameters) as vm:
        console = vm.wait_for_end()
    assert "/run/credentials/@system:" in console and "\nA\n" in console.replace("\r", "")
    assert "/.vmcred: No such file" in console


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("cut", "an archive of credentials is cut"),
        ("other", "begins with another mark"),
        ("absent", "/.vmcred/credentials: no such file or directory"),
        ("next", "become the next init: /no/such/init: no such file or directory"),
        ("relative", "/.vmcred/next does not hold an absolute path"),
    ],
)
def test_guest_does_not_start_without_its_credentials(tmp_path: Path, fault: str, words: str) -> None:
    """W26: it says why, shows no value, and the machine ends, which the host sees."""
    canary = os.urandom(20).hex()
    whole = archive({"API_KEY": canary.encode()})
    content = {"cut": whole[:-1], "other": b"x" + whole[1:]}.get(fault, whole)
    next_init = {"next": "/no/such/init", "relative": "init"}.get(fault, "/init")
    segment = shim_segment(content, stripped(tmp_path), next_init)
    if fault == "absent":
        segment = segment.replace(b".vmcred/credentials\0", b".vmcred/credentialz\0", 1)  # not in the program
    base = base_of("busybox")
    with BareMachine(tmp_path, base / "vmlinuz", behind((base / "initrd").read_bytes(), segment), (SHIM,)) as vm:
        console = vm.wait_for_end()
    assert "vmcred-guest: error: " in console and words in console
    assert "init: power button" not in console and "Kernel panic" not in console
    assert canary not in console
