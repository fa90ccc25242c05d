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


def sops_program() -> Path:
    """The sops program."""
    path = tools() / "sops" / "sops"
    if not path.is_file():
        pytest.skip("the sops program is absent: test/tools/fetch-tools fetches it")
    return path


def vsock_device() -> Path:
    """The program vhost-device-vsock."""
    path = tools() / "vsock" / "vhost-device-vsock"
    if not path.is_file():
        pytest.skip("the program vhost-device-vsock is absent: test/tools/fetch-tools fetches it")
    return path


def virtiofsd() -> Path:
    """The program virtiofsd."""
    path = tools() / "virtiofsd" / "virtiofsd"
    if not path.is_file():
        pytest.skip("the program virtiofsd is absent: test/tools/fetch-tools fetches it")
    return path
