# SPDX-License-Identifier: Apache-2.0
"""What both forms of the demo share: the VM's five credentials, its guest, and how the outcome is told."""

import json
import shutil
import socket
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "test" / "leak"))

from scanner import Scan, scan_host  # noqa: E402  (found through the path above)

SECRET_BYTES = {"api-key": 32, "db-password": 32, "jwt-secret": 64}
STATIC = {"ENVIRONMENT": "test", "CLUSTER": "britton-desktop"}
BOOT_SECONDS = 180
SHUTDOWN_SECONDS = 60


class DemoFailure(Exception):
    """Something did not come out as promised; the text says what."""


def say(label: str, text: str) -> None:
    """One line of the demo's story."""
    print(f"demo: {label:<9} {text}", flush=True)


def build_guest(build: Path, directory: Path, reports_on_console: bool = False) -> None:
    """Puts the guest's kernel and initrd, with our units and vmcred-guest in it, into the directory."""
    guests = ROOT / "test" / "guests"
    overlay = guests / "overlay-systemd"
    if reports_on_console:
        overlay = Path(shutil.copytree(overlay, directory / "overlay", symlinks=True))
        shutil.copy(ROOT / "demo" / "report-on-console.service", overlay / "etc/systemd/system/vmcred-report.service")
    base = Path(subprocess.check_output([guests / "build-guest", "debian-12"], text=True).strip())
    shutil.copy(base / "vmlinuz", directory / "vmlinuz")
    program = build / "src" / "vmcred-guest"
    subprocess.run(
        [guests / "make-initrd", base / "initrd", overlay, program, directory / "initrd"], check=True
    )


def host_swaps() -> bool:
    """Has this host a swap device?"""
    return len(Path("/proc/swaps").read_text().splitlines()) > 1


def config_text(vm: str, generator: str, identity: Path | str, kernel: str, initrd: str, settings: list[str]) -> str:
    """The whole configuration of a VM with five credentials."""
    lines = ["[store]", f'identity = "{identity}"', "", f"[generators.{generator}]"]
    lines += [f"files.{name} = {{}}" for name in SECRET_BYTES]
    lines += ["script = '''"]
    lines += [f"openssl rand -base64 {size} | tr -d '\\n' > \"$out/{name}\"" for name, size in SECRET_BYTES.items()]
    lines += ["'''", ""]
    lines += [f"[vms.{vm}]", "vcpu = 2", "mem = 512", f'kernel = "{kernel}"', f'initrd = "{initrd}"', *settings]
    if host_swaps():
        say("swap", "this host swaps; the demo's secrets are worthless, so it goes on with allow_swap = true")
        lines.append("allow_swap = true")
    lines += [f'secrets.{name} = {{ generator = "{generator}" }}' for name in SECRET_BYTES]
    lines += [f'static.{name} = "{value}"' for name, value in STATIC.items()]
    return "\n".join(lines) + "\n"


def read_report(path: Path, expect_running: Callable[[str], None]) -> dict[str, Any]:
    """The one line in which the guest says what it found. `expect_running` raises once there is no point in waiting."""
    received = b""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(path))
        connection.settimeout(1)
        while b"\n" not in received:
            expect_running("report from the guest")
            try:
                received += connection.recv(65536)
            except TimeoutError:
                pass
    return json.loads(received.split(b"\n")[0])


def report_on_console(console: str) -> dict[str, Any] | None:
    """The same line where the guest prints it, once it is whole."""
    for line in console.splitlines(keepends=True):
        if line.startswith('{"vmcred":') and line.endswith("\n"):
            return json.loads(line)
    return None


def show_console(lines: list[str]) -> None:
    """The part of the guest's console that its demo unit wrote."""
    for line in (line for line in lines if "show-credentials[" in line):
        say("console", line.split("]: ", 1)[-1].rstrip())


def show_arrivals(report: dict[str, Any]) -> None:
    """What the guest verified."""
    for credential in report["credentials"]:
        say("arrived", f"{credential['name']:<12} {credential['size']:>3} bytes  {credential['state']}")


def search(scan: Scan) -> int:
    """Searches this host. Returns the number of places that hold a secret and should not."""
    with warnings.catch_warnings(record=True) as not_searched:
        warnings.simplefilter("always")
        findings = scan_host(scan)
    for note in not_searched:
        say("leak scan", f"not searched: {note.message}")
    for finding in findings:
        say("leak", f"{finding.place}: {finding.detail}")
    when = "while it ran" if scan.vmm_pid else "after it ended"
    say("leak scan", f"{when}: {len(findings)} found")
    return len(findings)


def conclude(report: dict[str, Any], leaks: int) -> bool:
    """The demo's last line. True if all that it promises held."""
    expected = len(SECRET_BYTES) + len(STATIC)
    verified = report["verified"] if report["expected"] == expected else 0
    print(f"demo: {verified} of {expected} credentials verified in the guest, {leaks} leaks")
    return verified == expected and leaks == 0
