# SPDX-License-Identifier: Apache-2.0
"""What the demo unit's script shows when there is nothing to show; with credentials, test_guests.py sees it run."""

import subprocess
from pathlib import Path

import pytest
from harness import GUESTS

SCRIPT = GUESTS / "overlay-systemd" / "usr" / "lib" / "vmcred-demo" / "show-credentials"


@pytest.mark.parametrize("directory", ["absent", "empty"])
def test_says_so_when_no_credential_was_found(directory: str, tmp_path: Path) -> None:
    """R29."""
    environment = {"PATH": "/usr/bin:/bin"} | ({"CREDENTIALS_DIRECTORY": str(tmp_path)} if directory == "empty" else {})
    shown = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=True).stdout
    assert "OEM String Credentials" in shown
    assert "(no credentials found)" in shown
    assert "bytes" not in shown
