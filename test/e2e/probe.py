# SPDX-License-Identifier: Apache-2.0
"""VMs of any hypervisor whose guest is the probe: it tells on its console what it was handed over.

What reaches the probe is what the hypervisor itself put into the guest's memory, so this shows each transport on each
hypervisor, whatever the machine can boot in reasonable time. What a real guest makes of it other tests show, on QEMU.
"""

import base64
import os
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from formats import archived, files_behind
from harness import GUESTS, Vm, VmFailure, program

OWN_INITRD = b"a guest's own initrd, of 33 bytes"
PROBE_SECONDS = 60
LOG_LINE = re.compile(r"\d{4}-\d\d-\d\dT[^\n]*\n")  # Firecracker's own, in the midst of what its guest prints
OEM_PREFIX = "io.systemd.credential.binary:"


@dataclass(frozen=True)
class Hypervisor:
    """One that may be on this machine. `kernel` is the form of the probe that it starts."""

    name: str
    kernel: str
    accelerator: str | None = None  # what its config needs to say

    @property
    def variable(self) -> str:
        """Where the environment names its program (qemu is always there)."""
        return f"VMCRED_TEST_{self.name.upper().replace('-', '_')}"

    @property
    def program(self) -> Path | None:
        """The real program, or nothing where this machine has none."""
        found = shutil.which("qemu-system-x86_64") if self.name == "qemu" else os.environ.get(self.variable)
        return Path(found) if found else None


HYPERVISORS = [
    Hypervisor("qemu", "elf", accelerator="tcg"),
    Hypervisor("cloud-hypervisor", "elf"),
    Hypervisor("firecracker", "elf"),
    Hypervisor("crosvm", "bzimage"),
    Hypervisor("kvmtool", "bzimage"),
    Hypervisor("stratovirt", "bzimage"),
    Hypervisor("alioth", "bzimage"),
]


@dataclass(frozen=True)
class Told:
    """What the probe said."""

    command_line: str
    initrd: bytes
    oem_strings: list[str]

    @property
    def by_oem_strings(self) -> dict[str, bytes]:
        """The credentials in the SMBIOS tables."""
        return dict(credential_of(text) for text in self.oem_strings if text.startswith(OEM_PREFIX))

    @property
    def by_initrd(self) -> dict[str, bytes]:
        """The credentials behind the initrd."""
        if b".vmcred/credentials\0" not in self.initrd:
            return {}
        return archived(files_behind(OWN_INITRD, self.initrd)[".vmcred/credentials"])


def credential_of(oem_string: str) -> tuple[str, bytes]:
    name, value = oem_string.removeprefix(OEM_PREFIX).split("=", 1)
    return name, base64.b64decode(value, validate=True)


@dataclass
class ProbeVm(Vm):
    """A VM whose guest is the probe."""

    hypervisor: Hypervisor = HYPERVISORS[0]
    quiet: bool = False  # the probe tells nothing, and goes on running

    def _prepare_guest(self) -> None:
        subprocess.run([GUESTS / "probe" / "build-probe", self.place.guest], check=True)
        (self.place.guest / "initrd").write_bytes(OWN_INITRD)

    def config_text(self) -> str:
        kernel = f"{self.place.guest}/probe.{self.hypervisor.kernel}"
        lines = [
            f"[vms.{self.name}]",
            f'hypervisor = "{self.hypervisor.name}"',
            f'program = "{self.hypervisor.program}"',
            f'user = "{self.user}"',
            f'kernel = "{kernel}"',
            f'initrd = "{self.place.guest}/initrd"',
            "mem = 256",
            "allow_swap = true",
        ]
        if self.hypervisor.accelerator:
            lines.append(f'accelerator = "{self.hypervisor.accelerator}"')
        if self.quiet:
            lines.append('kernel_params = ["probe=quiet"]')
        return "\n".join(lines + self.settings + self.credential_lines()) + "\n"

    def wait_until_told(self) -> list[str]:
        """The lines on its console, once it has said all."""
        assert self.process is not None
        deadline = time.monotonic() + PROBE_SECONDS
        while not (lines := self._lines()) or "end" not in lines:
            if self.process.poll() is not None and "end" not in self._lines():
                raise VmFailure(f"the VM ended with {self.process.returncode} before it told all\n{self.logs()}")
            if time.monotonic() > deadline:
                raise VmFailure(f"the probe took longer than {PROBE_SECONDS} s\n{self.logs()}")
            time.sleep(0.02)
        return lines

    @cached_property
    def told(self) -> Told:
        """What the guest was handed over. Waits until it has said all of it."""
        lines = self.wait_until_told()
        return Told(
            command_line=next(line.split("cmdline ", 1)[1] for line in lines if "cmdline " in line),
            initrd=bytes.fromhex(next(line.removeprefix("initrd ") for line in lines if line.startswith("initrd "))),
            oem_strings=[line.removeprefix("oem ") for line in lines if line.startswith("oem ")],
        )

    def stop_by_force(self) -> int:
        """Ends the VM, as the probe does not listen to its power button; gives the exit code of `vm stop`."""
        assert self.process is not None
        command = [program("VMCRED_BIN"), "vm", "stop", self.name, "--config", self.place.config, "--timeout", "0"]
        stop = subprocess.run(command, env=self.environment(), capture_output=True, timeout=60, check=False)
        self.process.wait(timeout=10)
        return stop.returncode

    def _lines(self) -> list[str]:
        text = LOG_LINE.sub("", self.place.console.read_text(errors="replace"))
        return [line.strip("\r") for line in text.splitlines()]
