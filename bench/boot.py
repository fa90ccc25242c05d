# SPDX-License-Identifier: Apache-2.0
"""A guest's boot with five credentials against one with none."""

from __future__ import annotations

import os
import re
import selectors
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from lab import BenchError, Lab, VmSettings, say

GUESTS = Path(__file__).resolve().parent.parent / "test" / "guests"
GUEST = "debian-12"
SECRETS = ("api-key", "db-password", "jwt-secret")
STATICS = (("ENVIRONMENT", "test"), ("CLUSTER", "bench"))
CREDENTIALS = len(SECRETS) + len(STATICS)
BOOT_TIMEOUT_SECONDS = 180
MARK = re.compile(r"vmcred-bench-mark (\d+) (\d+) (\d+)\s")

# One nanosecond of the guest's time for each instruction; an idle guest's clock jumps to its next timer. So the guest's
# clock tells what the guest did, whatever else this machine did. The seed makes its random numbers the same.
COUNTED = ("-icount", "shift=0,sleep=off", "-seed", "1")


@dataclass(frozen=True)
class Boot:
    """One boot, from the start of `vmcred vm run` to the guest's mark."""

    seconds: float  # on this machine's clock
    cpu_seconds: float  # user and system time of the runner and then QEMU
    guest_seconds: float  # on the guest's clock, firmware included; only a counted boot's mean anything
    kernel_seconds: float  # since the guest's kernel has begun, by its own clock
    credentials: int  # how many the guest had


@dataclass
class BootFigures:
    """Boots in pairs, one with credentials and one without, in alternating order."""

    with_credentials: list[Boot] = field(default_factory=list)
    without: list[Boot] = field(default_factory=list)

    def medians(self, figure: str) -> tuple[float, float, float]:
        """With, without, and the ratio of the two."""
        with_them = median(getattr(boot, figure) for boot in self.with_credentials)
        without = median(getattr(boot, figure) for boot in self.without)
        return with_them, without, with_them / without

    def spread(self, figure: str) -> float:
        """How far the slowest boot is from the fastest of the same kind, as a share: the noise of the figure."""
        return max(
            max(values) / min(values) - 1
            for boots in (self.with_credentials, self.without)
            for values in [[getattr(boot, figure) for boot in boots]]
        )

    def paired_ratio(self, figure: str) -> float:
        """The median of each pair's own ratio, which a slow stretch of the machine touches least."""
        return median(
            getattr(a, figure) / getattr(b, figure) for a, b in zip(self.with_credentials, self.without, strict=True)
        )


class BootBench:
    """A guest, and the two VMs that differ in nothing but their credentials."""

    def __init__(self, lab: Lab, guest_binary: Path) -> None:
        self._lab = lab
        self._kernel, self._initrd = self._make_guest(guest_binary)
        self._credentials = lab.make_credentials("boot-with", SECRETS)
        self._no_credentials = lab.make_credentials("boot-without", ())

    def _make_guest(self, guest_binary: Path) -> tuple[Path, Path]:
        overlay = self._lab.files / "overlay"
        units = overlay / "etc" / "systemd" / "system"
        programs = overlay / "usr" / "lib" / "vmcred-bench"
        wanted = units / "multi-user.target.wants"
        programs.mkdir(parents=True)
        wanted.mkdir(parents=True)
        shutil.copy(self._lab.clock_mark, programs)
        for unit in Path(__file__).with_name("guest").glob("*.service"):
            shutil.copy(unit, units)
            (wanted / unit.name).symlink_to(f"../{unit.name}")
        return make_guest(self._lab, GUEST, overlay, guest_binary)

    def measure(self, pairs: int, counted: bool) -> BootFigures:
        """Boots in the order AB BA AB …, so that neither kind always comes first."""
        figures = BootFigures()
        for pair in range(pairs):
            for with_credentials in (True, False) if pair % 2 == 0 else (False, True):
                boot = self._boot(with_credentials, counted)
                kind = figures.with_credentials if with_credentials else figures.without
                kind.append(boot)
                say(
                    f"boot: pair {pair + 1} of {pairs}, {CREDENTIALS if with_credentials else 0} credentials: "
                    f"{boot.seconds:.2f} s, {boot.cpu_seconds:.2f} s of CPU"
                    + (f", {boot.guest_seconds:.4f} s in the guest" if counted else "")
                )
        return figures

    def _boot(self, with_credentials: bool, counted: bool) -> Boot:
        settings = VmSettings(
            program=find_qemu(),
            kernel=str(self._kernel),
            initrd=str(self._initrd),
            secrets=SECRETS if with_credentials else (),
            statics=STATICS if with_credentials else (),
            kernel_params=("quiet", "systemd.show_status=false"),
            extra_args=COUNTED if counted else (),
        )
        config = self._lab.write_config("boot", settings)
        credentials = self._credentials if with_credentials else self._no_credentials
        boot = boot_to_mark(self._lab, config, credentials)
        # vmcred adds its manifest, but a service gets only what it asks for.
        expected = CREDENTIALS if with_credentials else 0
        if boot.credentials != expected:
            raise BenchError(f"{boot.credentials} credentials arrived in the guest, expected {expected}")
        return boot


def find_qemu() -> str:
    """The program's path."""
    qemu = shutil.which("qemu-system-x86_64")
    if qemu is None:
        raise BenchError("qemu-system-x86_64 is not installed")
    return qemu


def make_guest(lab: Lab, name: str, overlay: Path, guest_binary: Path) -> tuple[Path, Path]:
    """Kernel and initrd of a test guest with these files on top."""
    say(f"boot: guest {name}")
    built = subprocess.run([GUESTS / "build-guest", name], stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode != 0:
        raise BenchError(f"can't make the guest {name}")
    base = Path(built.stdout.strip())
    initrd = lab.files / f"{name}-initrd"
    subprocess.run([GUESTS / "make-initrd", base / "initrd", overlay, guest_binary, initrd], check=True)
    return lab.install(base / "vmlinuz", mode=0o644), initrd


def boot_to_mark(lab: Lab, config: Path, credentials: Path) -> Boot:
    """Starts the VM of a config, and ends it when clock_mark has spoken in its guest."""
    command = [str(lab.vmcred), "vm", "run", "bench", "--config", str(config)]
    start = time.monotonic()
    vm = lab.popen(
        command, credentials, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=-1
    )
    try:
        mark = _wait_for_mark(vm)
        seconds = time.monotonic() - start
    finally:
        vm.send_signal(signal.SIGKILL)
        _, status, usage = os.wait4(vm.pid, 0)
        vm.returncode = os.waitstatus_to_exitcode(status)
        for stream in (vm.stdin, vm.stdout):
            stream.close()
    return Boot(seconds, usage.ru_utime + usage.ru_stime, int(mark[2]) / 1e9, int(mark[1]) / 1e9, int(mark[3]))


def _wait_for_mark(vm: subprocess.Popen[str]) -> re.Match[str]:
    """Reads the console up to the mark."""
    console = ""
    deadline = time.monotonic() + BOOT_TIMEOUT_SECONDS
    with selectors.DefaultSelector() as selector:
        selector.register(vm.stdout, selectors.EVENT_READ)
        while selector.select(timeout=max(0.0, deadline - time.monotonic())):
            part = os.read(vm.stdout.fileno(), 65536)
            if not part:
                raise BenchError(f"the VM ended before its guest was up:\n{console}")
            console += part.decode(errors="replace")
            if mark := MARK.search(console):
                return mark
    raise BenchError(f"the guest was not up after {BOOT_TIMEOUT_SECONDS} s:\n{console}")
