# SPDX-License-Identifier: Apache-2.0
"""A repository to measure on: machines with secrets, an admin, a host, and the same plaintexts for the peers."""

from __future__ import annotations

import os
import secrets
import subprocess
from dataclasses import dataclass
from pathlib import Path

MACHINES = 20
SECRETS_PER_MACHINE = 50
SECRET_BYTES = 32


class BenchError(Exception):
    """Something that keeps a measurement from being taken."""


def output(*command: str | Path, **options: object) -> str:
    """What a command prints; an error if it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise BenchError(f"{' '.join(map(str, command))}: exit code {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def make_key(path: Path) -> str:
    """A new age identity in a file. Returns its recipient."""
    output("age-keygen", "-o", path)
    path.chmod(0o600)
    return output("age-keygen", "-y", path)


@dataclass(frozen=True)
class Repository:
    """One empty store with its recipients, and a dump of plaintexts as `vmcred vars import` takes it."""

    root: Path
    vmcred: Path
    host: str  # the recipient that reads every secret besides the machine and the admin

    @property
    def dump(self) -> Path:
        return self.root / "dump"

    @property
    def admin_key(self) -> Path:
        return self.root / "admin.txt"

    @property
    def plaintexts(self) -> list[Path]:
        return sorted(self.dump.glob("per-machine/*/*/*"))

    @property
    def environment(self) -> dict[str, str]:
        """Whom the programs act as. No key of the caller's own gets in."""
        return {"PATH": os.environ["PATH"], "HOME": str(self.root), "SOPS_AGE_KEY_FILE": str(self.admin_key)}

    def run(self, *words: str | Path) -> str:
        """vmcred with this repository's config."""
        return output(self.vmcred, *words, "--config", self.root / "vmcred.toml", env=self.environment)


def machine_names() -> list[str]:
    return [f"machine-{number:02}" for number in range(MACHINES)]


def secret_names() -> list[str]:
    return [f"secret-{number:02}" for number in range(SECRETS_PER_MACHINE)]


def _config() -> str:
    lines = ['[store]\npath = "vars"\n']
    for machine in machine_names():
        lines.append(f'[vms.{machine}]\nkernel = "vmlinuz"')
        lines += [f'secrets.{name} = {{ random = "base64:{SECRET_BYTES}" }}' for name in secret_names()]
    return "\n".join(lines) + "\n"


def make_repository(root: Path, vmcred: Path) -> Repository:
    """The config, the recipients and the plaintexts; nothing is encrypted yet but the machines' own keys."""
    root.mkdir(parents=True)
    (root / "vmcred.toml").write_text(_config())
    make_key(root / "admin.txt")
    repository = Repository(root, vmcred, host=make_key(root / "host.txt"))
    repository.run("vars", "keygen", "--user", "admin")
    repository.run("vars", "machines", "add", "host", repository.host)
    repository.run("vars", "groups", "add-machine", "hosts", "host")
    for machine in machine_names():
        for name in secret_names():
            folder = repository.dump / "per-machine" / machine / name
            folder.mkdir(parents=True)
            (folder / name).write_bytes(secrets.token_hex(SECRET_BYTES).encode())
    return repository
