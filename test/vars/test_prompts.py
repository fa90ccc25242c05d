# SPDX-License-Identifier: Apache-2.0
"""Generators' prompts at a terminal: what is hidden does not show, and an interrupted run has changed nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from repository import Repository
from terminal import END, ENDED_BY_INTERRUPT, INTERRUPT, and_state_after, is_usual, run_at_terminal

USAGE, CREDENTIAL = 2, 1

CONFIG = """
[generators.wifi]
machines = ["web"]
prompts.password = { type = "hidden", persist = true, description = "of the network" }
prompts.name = { type = "line", persist = true }
prompts.note = { type = "multiline", persist = true }
prompts.key = { type = "multiline-hidden", persist = true }
"""

PASSWORD, AGAIN = "prompt 'password': of the network: ", "the same again: "
NAME, NOTE = "prompt 'name': ", "prompt 'note' (end with ^D):"
KEY, KEY_AGAIN = "prompt 'key' (end with ^D):", "the same again:"
GIVES_KEY = b"hidden one\nhidden two\n" + END
ANSWERS = [
    (PASSWORD, "pass word"),
    (AGAIN, "pass word"),
    (NAME, "the name"),
    (NOTE, b"line one\nline two\n" + END),
    (KEY, GIVES_KEY),
    (KEY_AGAIN, GIVES_KEY),
]
VALUES = {
    "password": b"pass word",
    "name": b"the name",
    "note": b"line one\nline two",
    "key": b"hidden one\nhidden two",
}


@pytest.fixture
def wifi(make: Callable[..., Repository]) -> Repository:
    """A store with nothing but questions."""
    return make(CONFIG)


def generate(repository: Repository, answers: list[tuple[str, str | bytes]], *words: str) -> tuple[int, str]:
    """At a terminal, whose state is shown afterwards."""
    command = and_state_after(repository.command("vars", "generate", *words))
    return run_at_terminal(command, answers, place=repository.root, environment=repository.environment)


def values(repository: Repository) -> dict[str, bytes]:
    return {prompt: repository.get("web", f"wifi/{prompt}") for prompt in VALUES}


def files(repository: Repository) -> dict[Path, bytes]:
    """All that is in the repository, and in the admin's home; of git, what is committed."""
    found = {path: path.read_bytes() for path in repository.root.parent.rglob("*") if path.is_file()}
    kept = {path: data for path, data in found.items() if ".git" not in path.parts}
    return kept | {Path("commits"): "\n".join(repository.commits()).encode()}


def test_all_kinds_of_prompts_are_answered(wifi: Repository) -> None:
    """What is hidden is asked twice and does not show; of what shows nothing is asked again."""
    status, shown = generate(wifi, ANSWERS)
    assert status == 0, shown
    assert "machine 'web', generator 'wifi', prompt 'password'" in shown
    assert shown.count("the same again") == 2
    assert "the name" in shown and "line one" in shown
    assert "pass word" not in shown and "hidden one" not in shown and "hidden two" not in shown
    assert is_usual(shown)
    assert values(wifi) == VALUES
    assert wifi.is_clean()


def test_a_hidden_answer_that_differs_is_asked_for_again(wifi: Repository) -> None:
    mistakes = [(PASSWORD, "pass word"), (AGAIN, "passw ord")] * 2
    status, shown = generate(wifi, mistakes + ANSWERS)
    assert status == 0, shown
    assert "pass word" not in shown and "passw ord" not in shown
    assert values(wifi) == VALUES


def test_it_is_asked_for_three_times_at_most(wifi: Repository) -> None:
    before = files(wifi)
    status, shown = generate(wifi, [(PASSWORD, "pass word"), (AGAIN, "")] * 3)
    assert status == USAGE, shown
    assert "prompt 'password': the answers differed, 3 times" in shown
    assert "pass word" not in shown
    assert is_usual(shown)
    assert files(wifi) == before and wifi.is_clean()


INTERRUPTIONS = {
    "a hidden line": (0, b"hush" + INTERRUPT, USAGE),
    "its confirmation": (1, b"hush" + INTERRUPT, USAGE),
    "a line": (2, b"pass" + INTERRUPT, ENDED_BY_INTERRUPT),
    "lines": (3, b"line\npass" + INTERRUPT, ENDED_BY_INTERRUPT),
    "hidden lines": (4, b"hidden\nhush" + INTERRUPT, USAGE),
    "their confirmation": (5, b"hidden\nhush" + INTERRUPT, USAGE),
    "^D at a hidden line": (0, END, USAGE),
    "^D at a line": (2, END, USAGE),
}


@pytest.mark.parametrize("interruption", INTERRUPTIONS)
def test_an_interrupted_run_has_changed_nothing(wifi: Repository, interruption: str) -> None:
    """The echo is on, no file and no lock is left, and the next run does all."""
    number, typed, expected = INTERRUPTIONS[interruption]
    before = files(wifi)
    status, shown = generate(wifi, [*ANSWERS[:number], (ANSWERS[number][0], typed)])
    assert status == expected, shown
    assert ("interrupted" in shown) == (expected == USAGE)
    assert not any(secret in shown for secret in ("pass word", "hidden", "hush"))
    assert is_usual(shown)
    assert files(wifi) == before and wifi.is_clean()
    status, shown = generate(wifi, ANSWERS)
    assert status == 0, shown
    assert values(wifi) == VALUES


def test_an_empty_answer_is_refused(wifi: Repository) -> None:
    before = files(wifi)
    status, shown = generate(wifi, [(PASSWORD, ""), (AGAIN, "")])
    assert status == CREDENTIAL, shown
    assert "prompt 'password': the answer is empty" in shown
    assert files(wifi) == before


def test_an_empty_answer_keeps_the_one_of_before(wifi: Repository) -> None:
    assert generate(wifi, ANSWERS)[0] == 0
    answers = [("'password'", ""), ("'name'", "another"), ("'note'", END), ("'key'", END)]
    status, shown = generate(wifi, answers, "--regenerate")
    assert status == 0, shown
    assert shown.count("(empty keeps it)") == len(VALUES)
    assert "the same again" not in shown
    assert "pass word" not in shown
    assert values(wifi) == VALUES | {"name": b"another"}


def test_nobody_is_asked_without_a_terminal(wifi: Repository) -> None:
    before = files(wifi)
    errors = wifi.fails("vars", "generate", code=CREDENTIAL, input=b"pass word\n", start_new_session=True)
    assert "there is no terminal to ask at" in errors
    assert "--answers FILE" in errors
    assert files(wifi) == before


def test_a_value_is_typed_twice(wifi: Repository) -> None:
    """vars set, whose standard input is the terminal."""
    assert generate(wifi, ANSWERS)[0] == 0
    before = files(wifi)

    def set_at_terminal(*answers: tuple[str, str | bytes]) -> tuple[int, str]:
        command = and_state_after(wifi.command("vars", "set", "web", "wifi/password"))
        return run_at_terminal(command, list(answers), place=wifi.root, environment=wifi.environment)

    for second in (INTERRUPT, "other word"):
        status, shown = set_at_terminal(("new value of", "next word"), (AGAIN, second))
        assert status == USAGE, shown
        assert "word" not in shown.replace("password", "")
        assert is_usual(shown)
        assert files(wifi) == before
    status, shown = set_at_terminal(("new value of", "next word"), (AGAIN, "next word"))
    assert status == 0, shown
    assert "next word" not in shown
    assert wifi.get("web", "wifi/password") == b"next word"
