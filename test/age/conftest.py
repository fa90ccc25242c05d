# SPDX-License-Identifier: Apache-2.0
"""What the tests share is found in support/."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
