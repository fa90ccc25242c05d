# SPDX-License-Identifier: Apache-2.0
"""What `vmcred age` asks at a terminal: nothing that is typed shows, and ^C leaves the echo on and nothing behind."""

import shutil
from pathlib import Path

import pytest
from key_driver import run
from terminal import END, INTERRUPT, and_state_after, is_usual, run_at_terminal
from test_command_line import CREDENTIAL, SECRET, USAGE, VMCRED, succeed

PASSPHRASE = "correct horse"
PART = b"corr"


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `plain`, `file` (opened by PASSPHRASE), `locked` (an identity, likewise) and `sealed` (for it)."""
    folder = tmp_path_factory.mktemp("model")
    (folder / "passphrase").write_text(PASSPHRASE)
    (folder / "plain").write_bytes(SECRET)
    with_passphrase = ["--passphrase-file", folder / "passphrase", "-o"]
    succeed("encrypt", *with_passphrase, folder / "file", folder / "plain")
    succeed("keygen", "-o", folder / "key")
    succeed("encrypt", "-i", folder / "key", "-o", folder / "sealed", folder / "plain")
    succeed("encrypt", "-a", *with_passphrase, folder / "locked", folder / "key")
    (folder / "key").unlink()
    return folder


@pytest.fixture
def place(model: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(model, tmp_path / "place")


# What is run, its cue, and who else is asked then.
OPENINGS = {
    "a file": (["decrypt", "-o", "result", "file"], "passphrase for file: "),
    "a locked identity": (["decrypt", "-i", "locked", "-o", "result", "sealed"], "identity file 'locked'"),
    "a locked identity to encrypt to": (["encrypt", "-i", "locked", "-o", "result", "plain"], "identity file 'locked'"),
    "a locked identity to convert": (["keygen", "-y", "-o", "result", "locked"], "identity file 'locked'"),
}
NEW = ["encrypt", "-p", "-o", "result", "plain"]

openings = pytest.mark.parametrize("opening", OPENINGS)


def ask(place: Path, words: list[str], *answers: tuple[str, str | bytes]) -> tuple[int, str]:
    """`vmcred age` at a terminal. Returns the exit status and all that was shown, the terminal's state at its end."""
    return run_at_terminal(and_state_after([VMCRED, "age", *words]), list(answers), place=place)


def names_in(place: Path) -> list[str]:
    return sorted(path.name for path in place.iterdir())


@openings
def test_the_right_passphrase_opens_and_does_not_show(place: Path, opening: str) -> None:
    words, cue = OPENINGS[opening]
    status, shown = ask(place, words, (cue, PASSPHRASE))
    assert status == 0, shown
    assert "horse" not in shown
    assert is_usual(shown)
    assert (place / "result").stat().st_size > 0
    if words[0] == "decrypt":
        assert (place / "result").read_bytes() == SECRET


@openings
def test_a_wrong_passphrase_opens_nothing(place: Path, opening: str) -> None:
    words, cue = OPENINGS[opening]
    before = names_in(place)
    status, shown = ask(place, words, (cue, "wrong horse"))
    assert status == CREDENTIAL, shown
    assert "passphrase" in shown
    assert "horse" not in shown
    assert is_usual(shown)
    assert names_in(place) == before


@pytest.mark.parametrize("ending", [INTERRUPT, END], ids=["^C", "^D"])
@openings
def test_an_interruption_leaves_nothing_behind(place: Path, opening: str, ending: bytes) -> None:
    words, cue = OPENINGS[opening]
    before = names_in(place)
    typed = PART + ending if ending == INTERRUPT else ending
    status, shown = ask(place, words, (cue, typed))
    assert status == USAGE, shown
    assert "interrupted" in shown
    assert PART.decode() not in shown
    assert is_usual(shown)
    assert names_in(place) == before


@openings
def test_without_a_terminal_nobody_is_asked(place: Path, opening: str) -> None:
    words, _ = OPENINGS[opening]
    before = names_in(place)
    script = f"cd '{place}' && exec \"$@\""
    done = run("/bin/sh", "-c", script, "sh", VMCRED, "age", *words, data=PASSPHRASE.encode() + b"\n")
    assert done.returncode == USAGE, done.stderr
    assert b"there is no terminal to ask at" in done.stderr
    assert b"hint: " in done.stderr
    assert names_in(place) == before


NEW_MISTAKES = {
    "^C at the first": ([("new passphrase", PART + INTERRUPT)], "interrupted"),
    "^C at the second": ([("new passphrase", PASSPHRASE), ("again", PART + INTERRUPT)], "interrupted"),
    "^D at the second": ([("new passphrase", PASSPHRASE), ("again", END)], "interrupted"),
    "two that differ": ([("new passphrase", PASSPHRASE), ("again", PASSPHRASE + "s")], "the two inputs differ"),
    "an empty one": ([("new passphrase", "")], "nothing was typed"),
}


@pytest.mark.parametrize("mistake", NEW_MISTAKES)
def test_a_new_passphrase_that_is_none_encrypts_nothing(place: Path, mistake: str) -> None:
    answers, sentence = NEW_MISTAKES[mistake]
    (place / "result").write_bytes(b"old")
    before = names_in(place)
    status, shown = ask(place, NEW, *answers)
    assert status == USAGE, shown
    assert sentence in shown
    assert PART.decode() not in shown
    assert is_usual(shown)
    assert names_in(place) == before
    assert (place / "result").read_bytes() == b"old"


def test_a_new_passphrase_needs_a_terminal(place: Path) -> None:
    done = run(VMCRED, "age", "encrypt", "-p", data=b"one\none\n")
    assert (done.returncode, done.stdout) == (USAGE, b"")
    assert b"there is no terminal to ask at" in done.stderr


def test_standard_input_and_output_stay_the_files(place: Path) -> None:
    """The terminal is asked, wherever they go."""
    encrypt = ["/bin/sh", "-c", f"'{VMCRED}' age encrypt -p < plain > result"]
    status, shown = run_at_terminal(encrypt, [("new passphrase", PASSPHRASE), ("again", PASSPHRASE)], place=place)
    assert status == 0, shown
    decrypt = ["/bin/sh", "-c", f"'{VMCRED}' age decrypt < result > opened"]
    status, shown = run_at_terminal(decrypt, [("passphrase for standard input", PASSPHRASE)], place=place)
    assert status == 0, shown
    assert (place / "opened").read_bytes() == SECRET
