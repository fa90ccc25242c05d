# SPDX-License-Identifier: Apache-2.0
"""Stands in for hypervisors that are told all by their command line. Every option must be one that the real one
documents; the initrd is read from the descriptor that it names."""

import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

sys.dont_write_bytecode = True


def read_options(words: list[str], options: Mapping[str, bool]) -> tuple[dict[str, list[str]], list[str]]:
    """`options`: whether each takes a value. What is no option comes back behind them."""
    found: dict[str, list[str]] = {}
    rest = []
    queue = list(words)
    while queue:
        word = queue.pop(0)
        name, equals, value = word.partition("=")
        if not word.startswith("-"):
            rest.append(word)
        elif name in options and equals and options[name]:
            found.setdefault(name, []).append(value)
        elif word in options:
            if options[word] and not queue:
                sys.exit(f"option {word} needs a value")
            found.setdefault(word, []).append(queue.pop(0) if options[word] else "")
        else:
            sys.exit(f"unknown option {word}")
    return found, rest


def run(options: Mapping[str, bool], initrd_options: tuple[str, ...], command: str = "", words: int = 0) -> None:
    """`words`: how many it takes at most that belong to no option."""
    given = sys.argv[1:]
    if given == ["--version"]:
        print("fake 1.0")
        return
    if command and (not given or given.pop(0) != command):
        sys.exit(f"expected '{command}'")
    found, rest = read_options(given, {**options, "--record": True})
    if len(rest) > words:
        sys.exit(f"too many words: {rest}")
    paths = [value for name in initrd_options for value in found.get(name, [])]
    if len(paths) != 1:
        sys.exit("expected one initrd")
    with open(paths[0], "rb") as initrd:
        content = initrd.read()
    if content[-4:] != b"\0\0\0\0" or b"TRAILER!!!" not in content:
        sys.exit("what is appended to the initrd has no end")
    Path(found["--record"][0]).write_text(
        json.dumps({"options": found, "rest": rest, "initrd": paths[0], "bytes": len(content)}))
    print("running", flush=True)
    while True:
        time.sleep(3600)
