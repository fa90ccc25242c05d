# SPDX-License-Identifier: Apache-2.0
"""Plugins through the whole program: `vmcred age`, a plugin that follows the protocol strictly, and a person."""

import resource
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from key_driver import AGE, needs, output, run
from terminal import INTERRUPT, and_state_after, is_usual, run_at_terminal
from test_command_line import CREDENTIAL, CONFIG, HOST, VMCRED
from test_plugin import PLUGIN, environment

MESSAGE = b"through a plugin"
PIN = "a secret pin"
QUICK_SECONDS = 20
MEMORY_BYTES = 1 << 30
LISTENS = [  # what the plugin's mode "ask" asks for, and its answers
    ("Go on? (Go on, else Stop) [y/N] ", "y"),
    ("One choice (Only) [y/N] ", "n"),
    ("Name: ", "a public name"),
    ("PIN: ", PIN),
]


@dataclass
class Place:
    """A folder with a recipient and an identity of the plugin, a plain file, and one that the plugin opens."""

    folder: Path
    recipient: str

    @property
    def identity(self) -> Path:
        return self.folder / "identity"

    @property
    def plain(self) -> Path:
        return self.folder / "plain"

    @property
    def file(self) -> Path:
        return self.folder / "file"

    @property
    def result(self) -> Path:
        return self.folder / "result"

    def words(self, direction: str, *more: str | Path) -> list[str]:
        """Encrypts `plain`, or decrypts `file`, into `result`."""
        how = ["-r", self.recipient, self.plain] if direction == "encrypt" else ["-i", self.identity, self.file]
        return [VMCRED, "age", direction, "-o", str(self.result), *map(str, [*more, *how])]

    def run(self, direction: str, mode: str = "ok", **options: object) -> subprocess.CompletedProcess[bytes]:
        """Without a terminal."""
        return run(*self.words(direction), environment=environment(mode), **options)

    def at_terminal(self, direction: str, mode: str, answers: list[tuple[str, str | bytes]]) -> tuple[int, str]:
        """At one, whose state is shown afterwards."""
        return run_at_terminal(and_state_after(self.words(direction)), answers, environment=environment(mode))

    def is_right(self, direction: str) -> bool:
        """Does `result` hold what it should? Debian's age opens what we have encrypted."""
        if direction == "decrypt":
            return self.result.read_bytes() == MESSAGE
        return output(run(AGE, "-d", "-i", self.identity, self.result, environment=environment())) == MESSAGE

    def holds_no_result(self) -> bool:
        """Neither the result nor anything on its way."""
        return sorted(path.name for path in self.folder.iterdir()) == ["file", "identity", "plain"]


def make_place(folder: Path, kind: str) -> Place:
    needs(AGE)
    recipient, identity = output(run(PLUGIN, kind)).decode().split()
    place = Place(folder, recipient)
    place.identity.write_text(f"# a comment\n{identity}\n")
    place.plain.write_bytes(MESSAGE)
    output(run(AGE, "-r", recipient, "-o", place.file, place.plain, environment=environment()))
    return place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A fresh one."""
    return make_place(tmp_path, "--keygen")


both_ways = pytest.mark.parametrize("direction", ["encrypt", "decrypt"])


@both_ways
@pytest.mark.parametrize("mode", ["ok", "grease"])
def test_both_ways_against_age(place: Place, direction: str, mode: str) -> None:
    done = place.run(direction, mode)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert place.is_right(direction)


def test_an_identity_can_be_encrypted_to_and_beside_others(place: Place) -> None:
    """-i takes a plugin's identity both ways, -R its recipient."""
    other, team = place.folder / "other", place.folder / "team"
    output(run(VMCRED, "age", "keygen", "-o", other))
    team.write_text(f"# team\n{place.recipient}\n")
    for words in (["-i", place.identity], ["-i", place.identity, "-i", other], ["-R", team, "-i", other]):
        file = output(run(VMCRED, "age", "encrypt", *words, data=MESSAGE, environment=environment()))
        decrypt = [VMCRED, "age", "decrypt", "-i", place.identity]
        assert output(run(*decrypt, data=file, environment=environment())) == MESSAGE
        assert output(run(AGE, "-d", "-i", place.identity, data=file, environment=environment())) == MESSAGE


def test_only_the_plugin_knows_the_recipient_of_an_identity(place: Place) -> None:
    done = run(VMCRED, "age", "keygen", "--convert", place.identity, environment=environment())
    assert (done.returncode, done.stdout) == (CONFIG, b"")
    assert b"encrypt with -i" in done.stderr


def test_the_identity_without_data_that_age_has_an_option_for(tmp_path: Path) -> None:
    """What `age -j NAME` stands for: a file with the identity that holds nothing but the plugin's name."""
    place = make_place(tmp_path, "--default")
    named = [AGE, "-j", "vmcredtest"]
    ours = output(run(VMCRED, "age", "encrypt", "-i", place.identity, data=MESSAGE, environment=environment()))
    assert output(run(*named, "-d", data=ours, environment=environment())) == MESSAGE
    theirs = output(run(*named, "-e", data=MESSAGE, environment=environment()))
    decrypt = [VMCRED, "age", "decrypt", "-i", place.identity]
    assert output(run(*decrypt, data=theirs, environment=environment())) == MESSAGE


def test_a_plugins_message_reaches_standard_error_and_no_terminals_commands(place: Place) -> None:
    done = place.run("encrypt", "message-control")
    assert done.returncode == 0, done.stderr
    assert done.stderr == b"age-plugin-vmcredtest: '\\x1b]0;owned\\x07touch\\x0athe token'\n"
    done = place.run("encrypt", "error-control")
    assert done.returncode == CREDENTIAL
    assert b"\x1b" not in done.stderr
    assert rb"it reports 'the \x1b[31mtoken\x0a is missing'" in done.stderr


@both_ways
def test_a_person_is_asked_at_the_terminal(place: Place, direction: str) -> None:
    """A message, a choice of two and of one, a public text, and a secret, which does not show."""
    status, shown = place.at_terminal(direction, "ask", LISTENS)
    assert status == 0, shown
    assert "age-plugin-vmcredtest: insert the token" in shown
    assert "Name: a public name" in shown
    assert PIN not in shown
    assert is_usual(shown)
    assert place.is_right(direction)


@pytest.mark.parametrize(
    ("mode", "answer"),
    [("need-confirm", "n"), ("need-confirm", ""), ("need-public", "somebody"), ("need-secret", "123456")],
)
@both_ways
def test_a_wrong_answer_is_the_plugins_to_judge(place: Place, direction: str, mode: str, answer: str) -> None:
    status, shown = place.at_terminal(direction, mode, [("The token wants you", answer)])
    assert status == CREDENTIAL, shown
    assert "age-plugin-vmcredtest: it reports 'that is the wrong answer'" in shown
    assert "123456" not in shown
    assert is_usual(shown)
    assert place.holds_no_result()


@both_ways
def test_an_interrupted_secret_is_none(place: Place, direction: str) -> None:
    """^C leaves the echo on and nothing behind, and the plugin hears that nobody answers."""
    status, shown = place.at_terminal(direction, "need-secret", [("The token wants you", b"a sec" + INTERRUPT)])
    assert status == CREDENTIAL, shown
    assert "it reports 'nobody answers'" in shown
    assert "a sec" not in shown
    assert is_usual(shown)
    assert place.holds_no_result()


@pytest.mark.parametrize("mode", ["need-confirm", "need-public", "need-secret"])
@both_ways
def test_without_a_terminal_nobody_answers(place: Place, direction: str, mode: str) -> None:
    """Standard input is not asked in its place."""
    done = place.run(direction, mode, data=b"y\na public name\na secret pin\n")
    assert done.returncode == CREDENTIAL
    assert b"it reports 'nobody answers'" in done.stderr
    assert place.holds_no_result()


DEATHS = {
    "exit": b"it ended too early: it exited with status 7",
    "crash": b"it ended too early: it was killed by signal 9",
    "early-eof": b"it ended too early: it exited with status 0",
    "garbage": b"a message has no mark",
    "huge": b"a message of more than 32,768 bytes",
    "endless-line": b"a message of more than 32,768 bytes",
    "endless": b"it does not come to an end",
    "wrong-index": b"names no file of ours",
}


@pytest.mark.parametrize("mode", DEATHS)
@both_ways
def test_a_plugin_that_breaks_is_named(place: Place, direction: str, mode: str) -> None:
    """Soon, in little memory, and the old result stays."""
    place.result.write_bytes(b"old")
    start = time.monotonic()
    done = subprocess.run(
        place.words(direction),
        env=environment(mode),
        capture_output=True,
        timeout=60,
        check=False,
        start_new_session=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES)),
    )
    assert time.monotonic() - start < QUICK_SECONDS
    assert done.returncode == HOST, done.stderr
    assert b"age-plugin-vmcredtest: it " in done.stderr
    assert DEATHS[mode] in done.stderr
    assert place.result.read_bytes() == b"old"
    place.result.unlink()
    assert place.holds_no_result()


@both_ways
def test_a_plugin_that_dies_with_the_secret_leaves_the_terminal_as_it_was(place: Place, direction: str) -> None:
    status, shown = place.at_terminal(direction, "die-after-secret", [("The token wants you", PIN)])
    assert status == HOST, shown
    assert "it was killed by signal 9" in shown
    assert PIN not in shown
    assert is_usual(shown)
    assert place.holds_no_result()


@both_ways
def test_a_missing_plugin_is_named_with_a_hint(place: Place, direction: str) -> None:
    done = run(*place.words(direction), environment={"PATH": "/usr/bin:/bin"})
    assert done.returncode == HOST
    assert b"error: age-plugin-vmcredtest is not installed" in done.stderr
    assert b"hint: install it, in an absolute directory of $PATH" in done.stderr
    assert place.holds_no_result()


def test_a_plugin_that_opens_nothing_is_no_match(place: Place) -> None:
    done = place.run("decrypt", "no-match")
    assert done.returncode == CREDENTIAL
    assert b"none of the identities opens" in done.stderr
    assert place.holds_no_result()


def test_a_sops_file_asks_as_well(place: Place) -> None:
    """`vmcred sops` and `vmcred vars` find the identity in $SOPS_AGE_KEY_FILE, and its plugin finds the person."""
    plain = place.folder / "plain.json"
    plain.write_text('{"key": "value"}')
    sealed = output(run(VMCRED, "sops", "encrypt", "--age", place.recipient, plain, environment=environment()))
    (place.folder / "sealed.json").write_bytes(sealed)
    status, shown = run_at_terminal(
        and_state_after([VMCRED, "sops", "decrypt", str(place.folder / "sealed.json")]),
        [("The token wants you", PIN)],
        environment=environment("need-secret") | {"SOPS_AGE_KEY_FILE": str(place.identity)},
    )
    assert status == 0, shown
    assert '"key": "value"' in shown
    assert PIN not in shown
    assert is_usual(shown)
