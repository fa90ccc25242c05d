# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks-hypervisors.md: the figures, and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

import guests
import plans
import starts
from guests import NONE, GuestFigures
from plans import PlanFigures
from starts import StartFigures
from table import markdown_table, milliseconds, verdict

MOST_START_MILLISECONDS = 5


@dataclass
class Results:
    """Whatever was measured."""

    plans: list[PlanFigures]
    starts: list[StartFigures]
    guests: list[GuestFigures]


def target_table(results: Results) -> str:
    """Every promise and whether this run kept it."""
    rows = [
        (f"{figures.way.hypervisor} by {figures.way.transport}, added by the runner",
         f"less than {MOST_START_MILLISECONDS} ms", milliseconds(figures.added),
         verdict(figures.added < MOST_START_MILLISECONDS))
        for figures in results.starts if not figures.way.by_hand
    ]
    return markdown_table((f"{starts.SECRETS} secrets", "target", "measured", "verdict"), rows)


def plan_table(results: Results) -> str:
    """One row for each hypervisor."""
    rows = [
        (figures.hypervisor, milliseconds(median(figures.plan)), milliseconds(median(figures.load)),
         f"{figures.times(figures.load):.2f}", milliseconds(median(figures.copy)), f"{figures.times(figures.copy):,.0f}",
         f"{figures.text_bytes / 1024:,.0f} KiB", str(len(figures.plan)))
        for figures in results.plans
    ]
    head = ("hypervisor", "plans", "config", "of config", "copy", "of copy", "texts", "runs")
    return markdown_table(head, rows)


def start_table(results: Results) -> str:
    """One row for each way."""
    rows = [
        (figures.way.hypervisor, figures.way.transport, "by hand" if figures.way.by_hand else "a unit",
         milliseconds(figures.vmcred.milliseconds),
         milliseconds(figures.vmcred.fastest), milliseconds(figures.alone.milliseconds), milliseconds(figures.added),
         f"{figures.ratio:.1f}", str(len(figures.vmcred.nanoseconds)))
        for figures in results.starts
    ]
    head = ("hypervisor", "credentials by", "started by", "vmcred", "fastest", "stand-in alone", "added", "of alone", "runs")
    return markdown_table(head, rows)


def guest_table(results: Results) -> str:
    """One row for each transport."""
    if not results.guests:
        return ""
    without = next(figures for figures in results.guests if figures.transport == NONE)

    def row(figures: GuestFigures) -> tuple[str, ...]:
        whole = figures.median("guest_seconds")
        return (figures.transport, f"{whole:.4f} s", milliseconds((whole - without.median("guest_seconds")) * 1000),
                f"{figures.ratio(without, 'guest_seconds'):.4f}", milliseconds(figures.spread("guest_seconds") * 1000),
                f"{figures.median('kernel_seconds'):.3f} s", f"{figures.median('seconds'):.1f} s",
                str(len(figures.boots)))

    head = ("credentials by", "guest's clock", "added", "of none", "spread", "its uptime", "on the host", "boots")
    return markdown_table(head, [row(figures) for figures in results.guests])


def whole_page(results: Results, machine: list[tuple[str, str]]) -> str:
    """The page. Only a complete run makes one."""
    return f"""\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Benchmarks of the hypervisors

What the choice of a hypervisor and of a transport costs, measured by `./dev bench hypervisors`, which writes this page. All
figures of a page come from one run on one machine. What QEMU's start costs against bash, and a whole guest's boot, is in
[benchmarks.md](benchmarks.md); what each hypervisor can do, in [hypervisors.md](hypervisors.md).

{target_table(results)}
{markdown_table(("machine", ""), machine)}
## Launch plans of {plans.VMS:,} VMs

From the VM's data to argv, files and requests, with {plans.SECRETS} credentials each: all {plans.VMS:,} together, the median.
Each VM has a kernel, an initrd, a volume, an interface and, but for vfkit, a virtio socket.

{plan_table(results)}
`config` is reading and checking the file with these VMs, `copy` is copying the plans' texts once in memory, and the ratios
say how many times as long the plans take. The three take turns in one process, on one CPU.

## From the start of the runner until the hypervisor has everything

`vmcred vm run` with {starts.SECRETS} secrets of 44 bytes, as the VM's unit starts it: systemd has made it the VM's user and has loaded
its credentials; vmcred reads config and secrets, hands over and executes the hypervisor. `by hand` is the same command as
root, which does systemd's part too: it looks the user up, copies the secrets from files of root's alone into a directory
of that user in memory, and becomes that user. Small static programs stand in for all hypervisors. Where all is on
the command line the time ends with that program's first instruction. cloud-hypervisor and Firecracker have everything when
the last request is answered; theirs has a socket and answers each request at once.

{start_table(results)}
`stand-in alone` is the same program started the same way without vmcred, and `added` the difference of the medians. They
take turns in blocks of runs, of which the first two do not count, all on one CPU. The guest's initrd has
{starts.INITRD_BYTES // 1024:,} KiB; a start with credentials behind it copies it once into memory. cloud-hypervisor is asked for its
version first, which is one more process. Firecracker makes its socket itself, and the runner looks for it each millisecond.

## Guest time until the first credential, by transport

A small guest without systemd on QEMU's q35, emulated (TCG), {guests.CREDENTIALS} credentials and the manifest. Its first script
fetches them and says what the clock is when they can be read; `none` is the same guest with nothing to fetch, at the same
place.

{guest_table(results)}
Under QEMU's `-icount` the guest's clock, which starts with the firmware, advances by one nanosecond for each instruction,
and while the guest waits it goes on with the host's. So it counts what SMBIOS costs the firmware and what loading a larger
initrd costs, and what else the machine does shows only where the guest waits. The spread is how far the slowest boot was
from the fastest of its kind: what is added is known no better than that. `its uptime` is what the guest's kernel says, whose
rate it has measured by itself. Ratios are medians of the turns' own. With vsock the device is vhost-device-vsock, with
virtio-serial a port; the runner serves both. Firecracker's metadata service is not in the table: QEMU does not have it.
"""
