# SPDX-License-Identifier: Apache-2.0
"""Killed at random moments and at each write: the store is the old one or the new one, and the same command again does
what is left."""

import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from kills import kill_after, killed_at_write, remains, seconds_of, seeded
from repository import CONFIG, SECRETS_OF_CONFIG, Repository, make_key, output

KILLS = 12

AGE_STORE = """
[store]
backend = "age"
age_recipients = ["ADMIN"]
"""

SHARED = """
[generators.common]
share = true
files.one.kind = "uuid"
files.two.kind = "uuid"

[vms.late]
kernel = "vmlinuz"
secrets.one = { generator = "common", file = "one" }
"""

FOR_WEB = """
[vms.early]
kernel = "vmlinuz"
secrets.two = { generator = "common", file = "two" }
"""


def test_generate_killed_at_any_time_leaves_all_or_nothing(make: Callable[..., Repository]) -> None:
    rng = seeded()
    first, repository = make(), make()
    usual = seconds_of(lambda: first.vmcred("vars", "generate"))
    for _ in range(KILLS):
        kill_after(repository, rng.uniform(0, usual), "vars", "generate", "-r")
        values = repository.values()
        assert len(values) in (0, SECRETS_OF_CONFIG + 2)  # with the two names, which are open
        if values:
            assert values["per-machine/web/derived/copy"] == b"copy of " + values["per-machine/web/app/token"]
    repository.vmcred("vars", "generate")
    repository.vmcred("vars", "check")
    assert repository.is_clean() and not remains(repository)
    repository.git("fsck", "--strict")


def recipient_of_bob(repository: Repository) -> str:
    return json.loads((repository.root / "sops" / "users" / "bob" / "key.json").read_text())[0]["publickey"]


@pytest.mark.parametrize("change", ["rotate", "set", "users add"])
def test_a_change_killed_at_any_time_is_whole_after_the_same_command(full: Repository, change: str) -> None:
    def command(number: int) -> list[str]:
        if change == "rotate":
            return ["vars", "rotate", "web"]
        if change == "set":
            return ["vars", "set", "web", "app/token"]
        return ["vars", "users", "add", "bob", make_key(full.home / f"bob{number}.txt"), "--force"]

    rng = seeded()
    words = command(KILLS)
    usual = seconds_of(lambda: full.vmcred(*words, input=b"first"))
    full.vmcred("vars", "generate")
    for number in range(KILLS):
        words = command(number)
        kill_after(full, rng.uniform(0, usual), *words, value=b"value %d" % number)
        token, copy = full.get("web", "app/token"), full.get("web", "derived/copy")
        assert change == "set" or copy == b"copy of " + token
        if change == "users add":
            bob = recipient_of_bob(full)
            assert all(bob in full.recipients(file) for file in full.secret_files())
    full.vmcred(*words, input=b"last")
    full.vmcred("vars", "generate")
    full.vmcred("vars", "check")
    assert full.get("web", "derived/copy") == b"copy of " + full.get("web", "app/token")
    assert full.is_clean() and not remains(full)


State = dict[str, bytes]


@pytest.fixture
def memory() -> Iterator[Path]:
    """A folder for plaintext."""
    folder = Path("/dev/shm") / f"vmcred-kills-{os.getpid()}"
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        output("rm", "-rf", folder)


class Scene:
    """A store that each round starts from, and one command that brings it from one state to another."""

    def __init__(self, repository: Repository, memory: Path, *words: str | Path) -> None:
        self.repository, self.memory, self.words = repository, memory, words
        self.pristine = repository.root.with_name("pristine")
        shutil.copytree(repository.root, self.pristine, symlinks=True)
        self.old = self.state()
        self.new = self.state_after_the_command()
        assert self.old != self.new

    def restore(self) -> None:
        output("rm", "-rf", self.repository.root)
        output("cp", "-a", self.pristine, self.repository.root)

    def state(self) -> State:
        """All values, and what is wrong with their readers."""
        dump = self.memory / "dump"
        self.repository.vmcred("vars", "export", dump)
        values = {str(path.relative_to(dump)): path.read_bytes() for path in dump.rglob("*") if path.is_file()}
        output("rm", "-rf", dump)
        report = json.loads(self.repository.run("vars", "check", "--json").stdout)
        assert not report["missing"] and not report["stale"]
        return values | {"wrong readers": json.dumps(sorted(wrong["var"] for wrong in report["access"])).encode()}

    def state_after_the_command(self) -> State:
        self.repository.vmcred(*self.words)
        assert self.repository.is_clean() and not remains(self.repository)
        return self.state()

    def judge(self) -> None:
        """After a kill. A rollback that is done is undone by the next one; the rest stay as they are."""
        left = self.state()
        assert left in (self.old, self.new)
        goes_back = "--rollback" in self.words and left == self.new
        assert self.state_after_the_command() == (self.old if goes_back else self.new)


def scene_of(change: str, make: Callable[..., Repository], memory: Path, backend: str) -> Scene:
    store = AGE_STORE if backend == "age" else ""
    if change == "fix":
        repository = make(store + SHARED)
        repository.vmcred("vars", "generate")
        (repository.root / "vmcred.toml").write_text((repository.root / "vmcred.toml").read_text() + FOR_WEB)
        repository.git("commit", "--quiet", "--all", "--message=another reader")
        return Scene(repository, memory, "vars", "fix")
    repository = make(store + CONFIG)
    repository.vmcred("vars", "generate")
    if change == "rollback":
        repository.vmcred("vars", "rotate", "web")
        return Scene(repository, memory, "vars", "rotate", "web", "--rollback")
    values = memory / "values"
    repository.vmcred("vars", "export", values)
    repository.vmcred("vars", "generate", "-r")
    return Scene(repository, memory, "vars", "import", values)


CHANGES = pytest.mark.parametrize("change", ["fix", "import", "rollback"])
BACKENDS = pytest.mark.parametrize("backend", ["sops", "age"])


@CHANGES
@BACKENDS
def test_killed_at_any_time_it_is_the_old_state_or_the_new_one(
    make: Callable[..., Repository], memory: Path, change: str, backend: str
) -> None:
    rng = seeded()
    scene = scene_of(change, make, memory, backend)
    scene.restore()
    usual = seconds_of(lambda: scene.repository.vmcred(*scene.words))
    for _ in range(KILLS):
        scene.restore()
        kill_after(scene.repository, rng.uniform(0, usual), *scene.words)
        scene.judge()


@CHANGES
@BACKENDS
def test_killed_at_each_write_it_is_the_old_state_or_the_new_one(
    make: Callable[..., Repository], memory: Path, change: str, backend: str
) -> None:
    scene = scene_of(change, make, memory, backend)
    for number in itertools.count(1):
        scene.restore()
        killed = killed_at_write(scene.repository, number, *scene.words)
        scene.judge()
        if not killed:
            assert number > 10, "the command writes more than that"
            return
