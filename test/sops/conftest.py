# SPDX-License-Identifier: Apache-2.0
"""`vmcred sops` and the real sops program, side by side in one directory with a few age keys."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "support"))
from fetched_tools import tools  # noqa: E402
from terminal import and_state_after, run_at_terminal  # noqa: E402

VMCRED = [str(Path(os.environ["VMCRED_BIN"]).resolve()), "sops"]
KEY_NAMES = ("alice", "bob", "carol")


@dataclass
class Person:
    """Whoever has an age key."""

    recipient: str
    key_file: Path


@dataclass
class Bench:
    """A directory and the two programs, run in it."""

    place: Path
    people: dict[str, Person]
    environment: dict[str, str] = field(default_factory=dict)

    def environment_of(self, who: str = "alice", **more: str) -> dict[str, str]:
        """That of a program which somebody runs."""
        environment = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(self.place / "home"),
            "LC_ALL": "C.UTF-8",
            "SOPS_AGE_KEY_FILE": str(self.people[who].key_file) if who else "",
        }
        return environment | self.environment | more

    def run(self, program: list[str], *words: str, who: str = "alice", **options: object) -> subprocess.CompletedProcess:
        """Runs a program as somebody; never checks how it exits."""
        environment = self.environment_of(who, **options.pop("env", {}))
        return subprocess.run(
            [*program, *words], cwd=self.place, env=environment, capture_output=True, timeout=60, check=False, **options
        )

    def at_terminal(self, *words: str, answers: list[tuple[str, str | bytes]], **env: str) -> tuple[int, str]:
        """`vmcred sops …` as alice, at a terminal where each answer is given after its cue; its state is shown then."""
        command = and_state_after([*VMCRED, *words])
        return run_at_terminal(command, answers, place=self.place, environment=self.environment_of(**env))

    def ours(self, *words: str, **options: object) -> subprocess.CompletedProcess:
        """`vmcred sops …`."""
        return self.run(VMCRED, *words, **options)

    def theirs(self, *words: str, **options: object) -> subprocess.CompletedProcess:
        """`sops …`; skips the test where it is not there."""
        return self.run([str(sops_program())], *words, **options)

    def output_of(self, runner: Callable, *words: str, **options: object) -> bytes:
        """Standard output of a run that must succeed."""
        done = runner(*words, **options)
        assert done.returncode == 0, f"{words}: {done.stderr.decode()}"
        return done.stdout

    def write(self, name: str, content: str | bytes) -> Path:
        """A file in the directory."""
        path = self.place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def recipients(self, *names: str) -> str:
        """As --age takes them."""
        return ",".join(self.people[name].recipient for name in names)


def sops_program() -> Path:
    """The real one."""
    path = tools() / "sops" / "sops"
    if not path.exists():
        pytest.skip("the sops program is absent: test/tools/fetch-tools fetches it")
    return path


def make_person(place: Path, name: str) -> Person:
    """A new key, with Debian's age."""
    key_file = place / "keys" / name
    key_file.parent.mkdir(exist_ok=True)
    subprocess.run(["age-keygen", "-o", key_file], check=True, capture_output=True)
    recipient = subprocess.run(["age-keygen", "-y", key_file], check=True, capture_output=True, text=True).stdout
    return Person(recipient.strip(), key_file)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A fresh one."""
    (tmp_path / "home").mkdir()
    return Bench(tmp_path, {name: make_person(tmp_path, name) for name in KEY_NAMES})


Encrypt = Callable[..., bytes]


@pytest.fixture(params=["ours-to-theirs", "theirs-to-ours", "ours-to-ours"])
def pair(request: pytest.FixtureRequest, bench: Bench) -> tuple[Callable, Callable]:
    """Who writes and who reads."""
    runners = {"ours": bench.ours, "theirs": bench.theirs}
    writer, reader = request.param.split("-to-")
    if "theirs" in (writer, reader):
        sops_program()
    return runners[writer], runners[reader]
