# SPDX-License-Identifier: Apache-2.0
"""What the tests share."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

from repository import CONFIG, Repository, make_repository  # noqa: E402  (support/ is found through the path above)


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Repository]:
    """Makes repositories, each in a place of its own."""
    count = iter(range(100))
    return lambda config=CONFIG, git=True: make_repository(tmp_path / str(next(count)), config, git)


@pytest.fixture
def empty(make: Callable[..., Repository]) -> Repository:
    """A store with an admin and no secret."""
    return make()


@pytest.fixture
def full(empty: Repository) -> Repository:
    """A store with every secret."""
    empty.vmcred("vars", "generate")
    return empty
