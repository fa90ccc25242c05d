# SPDX-License-Identifier: Apache-2.0
"""A repository for a test: a config, an admin's key, git, and vmcred as that admin."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

VMCRED = Path(os.environ["VMCRED_BIN"]).resolve()

CONFIG = """
[generators.app]
files.token = {}
files.name = { secret = false }
script = '''
printf 'token-%s' "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')" > "$out/token"
printf 'app' > "$out/name"
'''

[generators.derived]
dependencies = ["app"]
files.copy = {}
script = '''
printf 'copy of ' > "$out/copy"
cat "$in/app/token" >> "$out/copy"
'''

[vms.web]
kernel = "vmlinuz"
secrets.token = { generator = "app" }
secrets.copy = { generator = "derived" }
secrets.session-key = { random = "base64:32" }

[vms.db]
kernel = "vmlinuz"
secrets.token = { generator = "app" }
"""

SECRETS_OF_CONFIG = 4  # three of web, and the token of db
MACHINES = ("db", "web")


def run(*command: str | Path, **options) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, check=False, **options)


def output(*command: str | Path, **options) -> bytes:
    """What a program prints; it must end well."""
    done = run(*command, **options)
    assert done.returncode == 0, done.stderr.decode(errors="replace")
    return done.stdout


def make_key(path: Path) -> str:
    """An age key in a file. Returns its recipient."""
    output("age-keygen", "-o", path)
    path.chmod(0o600)
    return output("age-keygen", "-y", path).decode().strip()


@dataclass(frozen=True)
class Repository:
    """Commands in it run with the key of `admin` and nothing else of the caller's."""

    root: Path
    home: Path  # of the admin: keys, no repository

    @property
    def key_file(self) -> Path:
        return self.home / "admin.txt"

    @property
    def environment(self) -> dict[str, str]:
        names = {f"GIT_{role}_{what}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "SOPS_AGE_KEY_FILE": str(self.key_file),
            "SOPS_DISABLE_VERSION_CHECK": "1",
            **names,
        }

    def command(self, *words: str | Path) -> list[str]:
        return [str(VMCRED), *map(str, words), "--config", str(self.root / "vmcred.toml")]

    def run(self, *words: str | Path, **options) -> subprocess.CompletedProcess[bytes]:
        """vmcred, however it ends."""
        return run(*self.command(*words), env=self.environment, cwd=self.root, **options)

    def vmcred(self, *words: str | Path, **options) -> bytes:
        """vmcred, which must end well. Returns its output."""
        done = self.run(*words, **options)
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return done.stdout

    def fails(self, *words: str | Path, code: int, **options) -> str:
        """vmcred, which must end with this code. Returns its errors."""
        done = self.run(*words, **options)
        errors = done.stderr.decode(errors="replace")
        assert done.returncode == code, f"{done.returncode}: {errors}"
        assert errors.startswith("vmcred: error: ") or "\nvmcred: error: " in errors
        return errors

    def get(self, machine: str, var: str) -> bytes:
        return self.vmcred("vars", "get", machine, var)

    def git(self, *words: str) -> str:
        return output("git", *words, env=self.environment, cwd=self.root).decode()

    def is_clean(self) -> bool:
        """Is every file committed, or ignored?"""
        return self.git("status", "--porcelain") == ""

    def commits(self) -> list[str]:
        return self.git("log", "--format=%s").splitlines()

    def secret_files(self) -> list[Path]:
        return sorted(self.root.glob("vars/**/secret"))

    def recipients(self, secret_file: Path) -> set[str]:
        """Whom a SOPS file is encrypted to."""
        return {entry["recipient"] for entry in json.loads(secret_file.read_bytes())["sops"]["age"]}

    def values(self) -> dict[str, bytes]:
        """Every declared var that is there."""
        rows = json.loads(self.vmcred("vars", "list", "--json"))
        return {
            row["var"]: self.get(machine_of(row), f"{row['generator']}/{row['file']}") for row in rows if row["present"]
        }


def machine_of(row: dict) -> str:
    """The machine under whose name a listed var can be asked for."""
    kind, _, machine = row["place"].partition("/")
    return machine if kind == "per-machine" else MACHINES[0]


def make_repository(place: Path, config: str = CONFIG, git: bool = True) -> Repository:
    """An empty store with one admin, whose recipient stands for ADMIN in the config. In git, where everything so far is
    committed."""
    root, home = place / "repository", place / "home"
    root.mkdir(parents=True)
    home.mkdir(mode=0o700)
    repository = Repository(root, home)
    (root / "vmcred.toml").write_text(config.replace("ADMIN", make_key(repository.key_file)))
    if git:
        repository.git("init", "--quiet", "--initial-branch=main")
        repository.git("add", "vmcred.toml")
        repository.git("commit", "--quiet", "--message=config")
    repository.vmcred("vars", "keygen", "--user", "admin")
    return repository
