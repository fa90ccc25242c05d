# SPDX-License-Identifier: Apache-2.0
"""What the tests share is found in support/ and here."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))

HOST = 4  # the exit code where the host lacks something


@pytest.fixture
def pq_key(tmp_path: Path) -> Path:
    """A post-quantum identity file. Without ML-KEM the test is skipped, visibly, if vmcred says what it needs."""
    path = tmp_path / "pq-key"
    words = [os.environ["VMCRED_BIN"], "age", "keygen", "--pq", "-o", path]
    done = subprocess.run(words, capture_output=True, timeout=60, check=False)
    if done.returncode == HOST and b"need OpenSSL 3.5" in done.stderr:
        pytest.skip("vmcred is built with an OpenSSL before 3.5, which lacks ML-KEM-768")
    assert done.returncode == 0, done.stderr.decode()
    return path
