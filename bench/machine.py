# SPDX-License-Identifier: Apache-2.0
"""What the figures were taken on."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import date
from pathlib import Path


def _first_match(pattern: str, text: str, default: str = "unknown") -> str:
    found = re.search(pattern, text, re.MULTILINE)
    return found[1].strip() if found else default


def _output(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return ""


def load() -> float:
    """How many processes wanted to run in the last minute."""
    return os.getloadavg()[0]


def describe_machine(vmcred: Path, load_before: float) -> list[tuple[str, str]]:
    """Rows of a table. The compiler is the one that the measured program names itself."""
    cpu = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    memory_kib = int(_first_match(r"^MemTotal:\s+(\d+) kB", Path("/proc/meminfo").read_text(encoding="utf-8"), "0"))
    compiler = re.search(rb"GCC: \([^)]*\) [0-9.]+|clang version [0-9.]+", vmcred.read_bytes())
    virtual = "hypervisor" in _first_match(r"^flags\s*:(.*)$", cpu).split()
    return [
        ("CPU", _first_match(r"^model name\s*:(.*)$", cpu) + (" (in a virtual machine)" if virtual else "")),
        ("Cores", str(os.cpu_count())),
        ("Memory", f"{memory_kib / 1024 / 1024:.1f} GiB"),
        ("Kernel", f"{os.uname().sysname} {os.uname().release} {os.uname().machine}"),
        ("System", _first_match(r'^PRETTY_NAME="(.*)"$', Path("/etc/os-release").read_text(encoding="utf-8"))),
        ("Compiler", compiler[0].decode().removeprefix("GCC: ") if compiler else "unknown"),
        ("bash", _first_match(r"version (\S+)", _output("bash", "--version"))),
        ("QEMU", _first_match(r"version (.*)$", _output("qemu-system-x86_64", "--version"))),
        ("vmcred", _first_match(r"^vmcred (.*)$", _output(str(vmcred), "--version"))),
        ("Load before the run", f"{load_before:.1f}"),
        ("Date", date.today().isoformat()),
    ]
