# SPDX-License-Identifier: Apache-2.0
"""The same jobs done by one process a secret: the sops program, and the age program."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from repository import BenchError, Repository


def timed(job: Callable[[], object]) -> float:
    """Seconds that a job takes."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


@dataclass
class Peer:
    """A folder of one encrypted file for each plaintext, all for the same three recipients."""

    repository: Repository
    folder: Path
    program: str
    recipients: list[str]
    plaintexts: list[Path] = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.plaintexts = self.repository.plaintexts

    def _target(self, plaintext: Path) -> Path:
        return self.folder / "-".join(plaintext.relative_to(self.repository.dump).parts[1:3])

    def _run(self, *words: str | Path) -> None:
        done = subprocess.run(
            [self.program, *words], env=self.repository.environment, capture_output=True, check=False
        )
        if done.returncode != 0:
            raise BenchError(f"{self.program} {words[0]}: {done.stderr.decode(errors='replace').strip()}")

    def _each(self, words_for: Callable[[Path], Iterable[str | Path]]) -> float:
        return timed(lambda: [self._run(*words_for(plaintext)) for plaintext in self.plaintexts])


class Sops(Peer):
    """`sops` as a clan repository's tools call it."""

    def encrypt(self) -> float:
        for plaintext in self.plaintexts:
            shutil.copyfile(plaintext, self._target(plaintext))
        chosen = ",".join(self.recipients)
        return self._each(lambda p: ("encrypt", "--age", chosen, "--in-place", self._target(p)))

    def decrypt(self) -> float:
        return self._each(lambda p: ("decrypt", self._target(p)))

    def add_recipient(self, recipient: str) -> float:
        config = self.folder / ".sops.yaml"
        config.write_text(f"creation_rules:\n  - age: {','.join([*self.recipients, recipient])}\n")
        return self._each(lambda p: ("--config", config, "updatekeys", "--yes", self._target(p)))

    def check(self) -> float:
        return self._each(lambda p: ("filestatus", self._target(p)))


class Age(Peer):
    """`age`, which has no way to add a recipient but to decrypt and to encrypt again, and none to check."""

    def encrypt(self) -> float:
        return self._encrypt_for(self.recipients)

    def _encrypt_for(self, recipients: list[str]) -> float:
        chosen = [word for recipient in recipients for word in ("-r", recipient)]
        return self._each(lambda p: (*chosen, "-o", self._target(p), p))

    def decrypt(self) -> float:
        return self._each(lambda p: ("-d", "-i", self.repository.admin_key, self._target(p)))

    def add_recipient(self, recipient: str) -> float:
        return self.decrypt() + self._encrypt_for([*self.recipients, recipient])
