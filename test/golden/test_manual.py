# SPDX-License-Identifier: Apache-2.0
"""Compares pages of the manual with what vmcred prints."""

import os
import subprocess
from pathlib import Path

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_page_of_hypervisors_is_what_the_command_prints() -> None:
    """docs/hypervisors.md holds the table of `vmcred vmm list`, every byte of it."""
    page = (DOCS / "hypervisors.md").read_text()
    program = Path(os.environ["VMCRED_BIN"]).resolve()
    printed = subprocess.check_output([str(program), "vmm", "list"], text=True)
    assert f"```text\n{printed}```\n" in page
