# SPDX-License-Identifier: Apache-2.0
"""What only a guest can show: who gets at its credentials, and where they are (R26, R31-R33, W22, W29)."""

import re
from collections.abc import Callable, Iterator

import pytest
from testhost import TestHost

pytestmark = pytest.mark.long

VM = "test-vm"


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def said(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[dict[str, str]]:
    """What the guest found of each row."""
    with boot_host(request.param, guest=f"rows-{request.param}") as host:
        host.set_up_demo()
        host.start()
        host.container.wait_until(lambda: "rows tried" in host.console_of(), "end of the guest's trials", 240)
        found = re.findall(r"row ([RW][0-9]+ .*): (yes|no)", host.console_of())
        assert host.report["verified"] == 5
        assert host.search_for_leaks() == []
        yield dict(found)


def test_every_row_holds(said: dict[str, str]) -> None:
    print(said)
    assert len(said) == 12
    assert [row for row, answer in said.items() if answer != "yes"] == []
