# SPDX-License-Identifier: Apache-2.0
"""What the tests of units share: vmcred-generator, installed below a directory of the test's own."""

import os
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

STUB = "#!/bin/sh\nexit 0\n"


@dataclass
class Generated:
    """What one run made and said."""

    directory: Path
    code: int
    seconds: float

    def unit(self, name: str) -> str:
        """The text of a unit or drop-in."""
        return (self.directory / name).read_text()

    def names(self) -> list[str]:
        """Everything that was made."""
        return sorted(str(path.relative_to(self.directory)) for path in self.directory.rglob("*") if not path.is_dir())


class Prefix:
    """An installation: the generator as it is built, and stubs for the programs that units start."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.generator = directory / "lib/systemd/system-generators/vmcred-generator"
        self.generator.parent.mkdir(parents=True)
        shutil.copy(os.environ["VMCRED_GENERATOR_BIN"], self.generator)
        for name in ("bin/vmcred", "libexec/vmcred/vmcred-provider"):
            stub = directory / name
            stub.parent.mkdir(parents=True, exist_ok=True)
            stub.write_text(STUB)
            stub.chmod(0o755)

    def run(self, config: Path | str, output: Path, **environment: str) -> Generated:
        """Runs it as PID 1 would, for this config."""
        for name in ("normal", "early", "late"):
            (output / name).mkdir(parents=True, exist_ok=True)
        words = [str(self.generator), *(str(output / name) for name in ("normal", "early", "late"))]
        began = time.monotonic()
        done = subprocess.run(words, env={"VMCRED_CONFIG": str(config)} | environment, timeout=60, check=False)
        seconds = time.monotonic() - began
        assert not list((output / "early").iterdir()) and not list((output / "late").iterdir())
        return Generated(output / "normal", done.returncode, seconds)


@pytest.fixture(scope="session")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Prefix:
    """One installation for all tests."""
    if "VMCRED_GENERATOR_BIN" not in os.environ:
        pytest.skip("VMCRED_GENERATOR_BIN names no vmcred-generator")
    return Prefix(tmp_path_factory.mktemp("prefix"))


@pytest.fixture
def generate(prefix: Prefix, tmp_path: Path):
    """Makes the units of a config that is given as text."""

    def run(text: str, name: str = "vmcred.toml", **environment: str) -> Generated:
        config = tmp_path / name
        config.write_text(text)
        return prefix.run(config, tmp_path / "out", **environment)

    return run
