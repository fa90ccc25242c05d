# SPDX-License-Identifier: Apache-2.0
"""docs/benchmarks-service.md: the figures, and what they mean."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, field

from table import markdown_table, milliseconds, verdict

MOST_PROVIDER_MILLISECONDS = 2
MOST_PROVIDER_MIB = 6


@dataclass(frozen=True)
class Kind:
    """A VM whose start is measured."""

    delivery: str  # "none", "files", "provider", "encrypted"
    secrets: int

    @property
    def vm(self) -> str:
        """Its name."""
        return f"{self.delivery}-{self.secrets}"


NONE = Kind("none", 0)
KINDS = [NONE, *(Kind(delivery, count) for count in (5, 100) for delivery in ("files", "provider", "encrypted"))]


@dataclass
class Measured:
    """The turns, in their order, so that those of one turn can be compared."""

    milliseconds: dict[Kind, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    provider_mib: float = 0.0

    def median(self, kind: Kind) -> float:
        """Of all turns."""
        return statistics.median(self.milliseconds[kind])

    def added(self, kind: Kind, other: Kind) -> float:
        """How much longer it takes than the other of the same turn: the median of the differences."""
        return statistics.median(a - b for a, b in zip(self.milliseconds[kind], self.milliseconds[other]))

    def ratio(self, kind: Kind, other: Kind) -> float:
        """How many times as long."""
        return statistics.median(a / b for a, b in zip(self.milliseconds[kind], self.milliseconds[other]))


def target_table(measured: Measured) -> str:
    """Every promise and whether this run kept it."""
    added = measured.added(Kind("provider", 5), Kind("files", 5))
    rows = [
        ("5 secrets from the provider, added to 5 from files", f"at most {MOST_PROVIDER_MILLISECONDS} ms",
         milliseconds(added), verdict(added <= MOST_PROVIDER_MILLISECONDS)),
        ("memory of the provider at rest, with its guard", f"less than {MOST_PROVIDER_MIB} MiB",
         f"{measured.provider_mib:.1f} MiB", verdict(measured.provider_mib < MOST_PROVIDER_MIB)),
    ]
    return markdown_table(("figure", "target", "measured", "verdict"), rows)


def _row(measured: Measured, kind: Kind) -> tuple[str, ...]:
    times = measured.milliseconds[kind]
    return (kind.delivery, str(kind.secrets), milliseconds(measured.median(kind)), milliseconds(min(times)),
            milliseconds(measured.added(kind, NONE)), f"{measured.ratio(kind, NONE):.2f}", str(len(times)))


def whole_page(measured: Measured, machine: list[tuple[str, str]]) -> str:
    """The page."""
    head = ("secrets come from", "secrets", "median", "fastest", "added", "of the same without", "starts")
    return f"""\
<!-- SPDX-License-Identifier: Apache-2.0 -->
# Benchmarks of a VM's service

How long a VM's service takes from its start to its hypervisor, measured by `./dev bench service`, which writes this page.
All figures of a page come from one run on one machine. The page of the runner alone is [benchmarks.md](benchmarks.md), that
of the generator [benchmarks-generator.md](benchmarks-generator.md).

{target_table(measured)}
{markdown_table(("machine", ""), machine)}
## From the start of the service to the exec of the hypervisor

{markdown_table(head, [_row(measured, kind) for kind in KINDS])}
Real systemd, in a container, starts the unit that `vmcred-generator` has made, with its sandbox and its user of its own. The
time begins when systemd takes the start up (`InactiveExitTimestamp`) and ends with the first instruction of a program in
the hypervisor's place. So it holds all that PID 1 does for a service, and the runner, which reads, checks and hands over
the secrets. The kinds take turns, and what one adds is the median of the differences to the start without secrets in the
same turn; the ratio likewise.

- `files`: `LoadCredential=` from files of 44 bytes on tmpfs.
- `provider`: `LoadCredential=` from vmcred-provider's socket; it runs already, and decrypts each secret when it is asked.
- `encrypted`: `LoadCredentialEncrypted=` from files made with this host's key.
"""
