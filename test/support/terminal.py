# SPDX-License-Identifier: Apache-2.0
"""Runs a program at a terminal of its own, and answers what it asks."""

import os
import pty
import select
import time
from pathlib import Path

PATIENCE_SECONDS = 60
INTERRUPT = b"\x03"
END = b"\x04"
ENDED_BY_INTERRUPT = 130  # in a shell


def run_at_terminal(
    words: list[str],
    answers: list[tuple[str, str | bytes]],
    pause: float = 0,
    place: Path | None = None,
    environment: dict[str, str] | None = None,
) -> tuple[int, str]:
    """Gives each answer when its cue has been shown, with Enter where it is no bytes. Returns the exit status and all
    that was shown."""
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(place or ".")
        os.execve(words[0], words, os.environ if environment is None else environment)
    shown, waiting = b"", list(answers)
    seen = 0
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            part = os.read(terminal, 4096)
        except OSError:
            part = b""
        if not part:
            break
        shown += part
        if waiting and (place_shown := shown.find(waiting[0][0].encode(), seen)) >= 0:
            seen = place_shown + len(waiting[0][0])
            time.sleep(pause)
            answer = waiting.pop(0)[1]
            os.write(terminal, answer if isinstance(answer, bytes) else answer.encode() + b"\n")
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status), shown.decode(errors="replace")


def and_state_after(words: list[str]) -> list[str]:
    """The words in a shell, which shows how they left the terminal. It would be set anew if they led the session."""
    return ["/bin/sh", "-c", 'trap : INT; "$@"; code=$?; /usr/bin/stty -a; exit $code', "sh", *words]


def is_usual(shown: str) -> bool:
    """Does the terminal show what is typed, and send signals? As and_state_after() shows it."""
    state = shown[shown.rindex("speed ") :]
    return {"echo", "isig", "icanon"} <= set(state.split()) and "eol = <undef>;" in state
