# SPDX-License-Identifier: Apache-2.0
"""A test guest on QEMU without vmcred's runner: for what the guest's program does by itself."""

import json
import shutil
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from harness import BOOT_SECONDS, GUESTS, VmFailure, program

PARAMETERS = ("console=ttyS0", "mitigations=off", "panic=-1")


def base_of(guest: str) -> Path:
    """The directory with a guest's vmlinuz and initrd, as build-guest makes it."""
    built = subprocess.run([GUESTS / "build-guest", guest], check=True, stdout=subprocess.PIPE, text=True)
    return Path(built.stdout.strip())


@dataclass
class BareMachine:
    """One boot. Ends with the `with` block."""

    place: Path
    kernel: Path
    initrd: bytes
    parameters: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()  # further arguments of QEMU
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def __enter__(self) -> "BareMachine":
        (self.place / "initrd").write_bytes(self.initrd)
        self.process = subprocess.Popen(self._command(), stdin=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def _command(self) -> list[str | Path]:
        command = ["qemu-system-x86_64", "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
        command += ["-machine", "q35", "-accel", "tcg", "-cpu", "max", "-m", "1024"]
        command += ["-kernel", str(self.kernel), "-initrd", str(self.place / "initrd")]
        command += ["-append", " ".join((*PARAMETERS, *self.parameters))]
        command += ["-serial", f"file:{self.place}/console.log", "-device", "virtio-serial-pci"]
        command += ["-chardev", f"file,id=report,path={self.place}/report.log"]
        command += ["-device", "virtserialport,chardev=report,name=vmcred.report"]
        return [*command, *self.devices]

    @property
    def console(self) -> str:
        path = self.place / "console.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def _wait(self, what: str, is_there: Callable[[], bool]) -> None:
        assert self.process is not None
        deadline = time.monotonic() + BOOT_SECONDS
        while not is_there():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise VmFailure(f"no {what} (exit code {self.process.poll()})\n{self.console[-3000:]}")
            time.sleep(0.1)

    def wait_for(self, text: str) -> str:
        """The console, once it has this text."""
        self._wait(f"{text!r} on the console", lambda: text in self.console)
        return self.console

    def wait_for_end(self) -> str:
        """The console of a machine that ends by itself."""
        assert self.process is not None
        try:
            self.process.wait(timeout=BOOT_SECONDS)
        except subprocess.TimeoutExpired:
            raise VmFailure(f"the machine did not end within {BOOT_SECONDS} s\n{self.console[-3000:]}") from None
        return self.console

    @property
    def report(self) -> dict[str, Any]:
        path = self.place / "report.log"
        self._wait("report", lambda: path.exists() and path.read_bytes().endswith(b"\n"))
        return json.loads(path.read_text())


def guest_initrd(place: Path, base: Path, *overlays: str) -> bytes:
    """The guest's initrd with these overlays and vmcred-guest in it."""
    tree = place / "overlay"
    for overlay in overlays:
        shutil.copytree(GUESTS / overlay, tree, symlinks=True, dirs_exist_ok=True)
    out = place / "guest-initrd"
    subprocess.run([GUESTS / "make-initrd", base / "initrd", tree, program("VMCRED_GUEST_BIN"), out], check=True)
    return out.read_bytes()
