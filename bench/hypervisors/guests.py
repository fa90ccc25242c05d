# SPDX-License-Identifier: Apache-2.0
"""How long a guest takes until it can read its first credential, by the way that they cross."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from boot import CREDENTIALS, SECRETS, STATICS, Boot, boot_to_mark, find_qemu, make_guest
from lab import BenchError, Lab, VmSettings, say

GUEST = "busybox"
BOOTS = 3
NONE = "none"

# The guest's clock counts its instructions, and while it waits for the host goes on with the host's. (With the other
# way of counting, sleep=off, it would leap over the time that the host takes to answer.)
COUNTED = ("-icount", "shift=0", "-seed", "1")

# What a transport needs in the config, and how its guest gets the set.
SETTINGS = {
    NONE: (),
    "smbios": ('transport = "smbios"',),
    "fw_cfg": ('transport = "fw_cfg"',),
    "initrd": ('transport = "initrd"',),
    "virtio-serial": ('transport = "virtio-serial"',),
    "vsock": ('transport = "vsock"', "vsock.cid = 4242", 'vsock.device = "vhost-user"'),
}
IMPORTED = ("smbios", "fw_cfg")


@dataclass
class GuestFigures:
    """The boots of one transport, in the order of the turns."""

    transport: str
    boots: list[Boot] = field(default_factory=list)

    def median(self, figure: str) -> float:
        """Of all boots."""
        return median(getattr(boot, figure) for boot in self.boots)

    def spread(self, figure: str) -> float:
        """How far the largest is from the smallest."""
        values = [getattr(boot, figure) for boot in self.boots]
        return max(values) - min(values)

    def ratio(self, other: GuestFigures, figure: str) -> float:
        """How many times as long as the other: the median of the turns' own ratios."""
        return median(getattr(a, figure) / getattr(b, figure) for a, b in zip(self.boots, other.boots, strict=True))


class GuestBench:
    """One guest for all transports."""

    def __init__(self, lab: Lab, guest_program: Path) -> None:
        self._lab = lab
        overlay = lab.files / "busybox-overlay"
        scripts, programs = overlay / "etc" / "init.d", overlay / "usr" / "lib" / "vmcred-bench"
        scripts.mkdir(parents=True)
        programs.mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("S10-mark"), scripts)
        shutil.copy(lab.clock_mark, programs)
        lab.install(guest_program)
        self._kernel, self._initrd = make_guest(lab, GUEST, overlay, guest_program)
        self._credentials = {
            True: lab.make_credentials("guests-with", SECRETS),
            False: lab.make_credentials("guests-without", ()),
        }

    def boot(self, transport: str) -> Boot:
        """One."""
        has_any = transport != NONE
        settings = VmSettings(
            program=find_qemu(),
            kernel=str(self._kernel),
            initrd=str(self._initrd),
            secrets=SECRETS if has_any else (),
            statics=STATICS if has_any else (),
            kernel_params=("quiet", "mitigations=off", *(("bench.import",) if transport in IMPORTED else ())),
            extra_args=COUNTED,
            guest_systemd='"none"',
            settings=SETTINGS[transport],
        )
        config = self._lab.write_config("guest", settings)
        boot = boot_to_mark(self._lab, config, self._credentials[has_any])
        expected = CREDENTIALS + 1 if has_any else 0  # with the manifest
        if boot.credentials != expected:
            raise BenchError(f"{boot.credentials} credentials arrived by {transport}, expected {expected}")
        return boot


def measure_guests(lab: Lab, guest_program: Path, vsock_device: Path) -> list[GuestFigures]:
    """One row for each transport; without the device's program none for vsock."""
    transports = list(SETTINGS)
    if vsock_device.is_file():
        lab.install(vsock_device)
    else:
        say(f"guests: {vsock_device} is absent, so nothing crosses by vsock")
        transports.remove("vsock")
    bench = GuestBench(lab, guest_program)
    measured = [GuestFigures(transport) for transport in transports]
    for turn in range(BOOTS):
        for figures in measured:
            boot = bench.boot(figures.transport)
            figures.boots.append(boot)
            say(
                f"guests: turn {turn + 1} of {BOOTS}, {figures.transport}: {boot.guest_seconds:.4f} s in the guest, "
                f"{boot.seconds:.2f} s here"
            )
    return measured
