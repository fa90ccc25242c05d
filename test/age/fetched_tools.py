# SPDX-License-Identifier: Apache-2.0
"""Finds the tools that test/tools/fetch-tools fetched. A test that needs an absent one is skipped and says so."""

import os
from pathlib import Path

import pytest


def tools() -> Path:
    """Where fetch-tools puts things."""
    if given := os.environ.get("VMCRED_TOOLS"):
        return Path(given)
    user_cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("VMCRED_CACHE") or Path(user_cache) / "vmcred") / "tools"


def node_package(name: str) -> Path:
    """The directory of an npm package."""
    path = tools() / "node" / "node_modules" / name
    if not path.is_dir():
        pytest.skip(f"the npm package {name} is absent: test/tools/fetch-tools fetches it")
    return path
