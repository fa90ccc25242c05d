# SPDX-License-Identifier: Apache-2.0
"""Who can open a file: updatekeys, rotate, and what they leave alone."""

import json
import os
from pathlib import Path

import pytest
from terminal import END, ENDED_BY_INTERRUPT, INTERRUPT, is_usual


def encrypted_for(bench, runner, name: str, text: str, *people: str) -> bytes:
    """A file that these people can open."""
    bench.write(name, text)
    encrypted = bench.output_of(runner, "encrypt", "--age", bench.recipients(*people), name)
    bench.write(name, encrypted)
    return encrypted


def test_updatekeys(bench, pair) -> None:
    """Values and seal stay; who is new can read, who is gone can't."""
    writer, reader = pair
    before = json.loads(encrypted_for(bench, reader, "x.json", '{"a": "b"}', "alice", "carol"))
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice', 'bob')}\n")
    done = writer("updatekeys", "--yes", "x.json")
    assert done.returncode == 0, done.stderr
    after = json.loads((bench.place / "x.json").read_bytes())
    assert after["a"] == before["a"]
    assert after["sops"]["mac"] == before["sops"]["mac"]
    assert after["sops"]["lastmodified"] == before["sops"]["lastmodified"]
    assert bench.output_of(reader, "decrypt", "--extract", '["a"]', "x.json", who="bob") == b"b"
    assert reader("decrypt", "x.json", who="carol").returncode == 128


def test_updatekeys_keeps_what_stays_and_tells_what_changes(bench) -> None:
    """Byte for byte; and several files at once, of which one is right already."""
    encrypted_for(bench, bench.ours, "x.json", '{"a": "b"}', "alice", "carol")
    encrypted_for(bench, bench.ours, "y.json", '{"a": "b"}', "alice", "bob")
    before = json.loads((bench.place / "x.json").read_bytes())["sops"]["age"]
    right = (bench.place / "y.json").read_bytes()
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice', 'bob')}\n")
    done = bench.ours("updatekeys", "-y", "x.json", "y.json")
    assert done.returncode == 0
    assert f"  + {bench.recipients('bob')}\n" in done.stdout.decode()
    assert f"  - {bench.recipients('carol')}\n" in done.stdout.decode()
    assert b"y.json: up to date" in done.stderr
    assert (bench.place / "y.json").read_bytes() == right
    after = json.loads((bench.place / "x.json").read_bytes())["sops"]["age"]
    assert after[0] == before[0]
    assert [entry["recipient"] for entry in after] == [bench.recipients("alice"), bench.recipients("bob")]


def test_updatekeys_asks(bench) -> None:
    """Without a terminal and without --yes, nothing changes."""
    before = encrypted_for(bench, bench.ours, "x.json", '{"a": "b"}', "alice")
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice', 'bob')}\n")
    done = bench.ours("updatekeys", "x.json", start_new_session=True)
    assert done.returncode != 0
    assert b"--yes" in done.stderr
    assert (bench.place / "x.json").read_bytes() == before


def test_updatekeys_asks_at_the_terminal(bench) -> None:
    """One question, with what changes above it; only a yes is one."""
    before = encrypted_for(bench, bench.ours, "x.json", '{"a": "b"}', "alice")
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice', 'bob')}\n")
    status, shown = bench.at_terminal("updatekeys", "x.json", answers=[("Is this right? [y/N] ", "")])
    assert status == 0
    assert f"  + {bench.recipients('bob')}" in shown
    assert "left as it is" in shown
    assert (bench.place / "x.json").read_bytes() == before
    status, shown = bench.at_terminal("updatekeys", "x.json", answers=[("Is this right? [y/N] ", "y")])
    assert status == 0
    assert bench.output_of(bench.ours, "decrypt", "--extract", '["a"]', "x.json", who="bob") == b"b"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [("n", 0), ("yeah", 0), (" y", 0), (END, 1), (b"y" + INTERRUPT, ENDED_BY_INTERRUPT)],
    ids=["n", "yeah", "blank", "^D", "^C"],
)
def test_updatekeys_takes_nothing_else_for_a_yes(bench, answer: str | bytes, expected: int) -> None:
    """The file stays, nothing is beside it, and the terminal is as it was."""
    before = encrypted_for(bench, bench.ours, "x.json", '{"a": "b"}', "alice")
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice', 'bob')}\n")
    names = sorted(bench.place.rglob("*"))
    status, shown = bench.at_terminal("updatekeys", "x.json", answers=[("Is this right? [y/N] ", answer)])
    assert status == expected, shown
    assert is_usual(shown)
    assert (bench.place / "x.json").read_bytes() == before
    assert sorted(bench.place.rglob("*")) == names


def test_updatekeys_asks_for_the_passphrase_of_a_locked_identity(bench) -> None:
    """It does not show, and ^C changes nothing. However many recipients there are, it is asked for once."""
    before = encrypted_for(bench, bench.ours, "x.json", '{"a": "b"}', "carol", "alice")
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice', 'bob')}\n")
    bench.write("passphrase", "correct horse")
    lock = [str(Path(os.environ["VMCRED_BIN"]).resolve()), "age", "encrypt", "--passphrase-file", "passphrase"]
    bench.output_of(bench.run, [*lock, "-o", "locked", str(bench.people["alice"].key_file)])
    for answer, sentence in ((b"correct ho" + INTERRUPT, "interrupted"), ("wrong horse", "passphrase")):
        words = ("updatekeys", "--yes", "x.json")
        status, shown = bench.at_terminal(*words, answers=[("passphrase for", answer)], SOPS_AGE_KEY_FILE="locked")
        assert status == 128, shown
        assert sentence in shown
        assert shown.count("passphrase for") == 1
        assert "correct" not in shown and "horse" not in shown
        assert is_usual(shown)
        assert (bench.place / "x.json").read_bytes() == before
    answers = [("passphrase for", "correct horse"), ("Is this right? [y/N] ", "y")]
    status, shown = bench.at_terminal("updatekeys", "x.json", answers=answers, SOPS_AGE_KEY_FILE="locked")
    assert status == 0, shown
    assert "horse" not in shown
    assert bench.output_of(bench.ours, "decrypt", "--extract", '["a"]', "x.json", who="bob") == b"b"


def test_rotate(bench, pair) -> None:
    """Everything is encrypted anew; recipients come and go."""
    writer, reader = pair
    before = json.loads(encrypted_for(bench, reader, "x.json", '{"a": "b", "c": 1}', "alice", "carol"))
    words = ("--in-place", "--add-age", bench.recipients("bob"), "--rm-age", bench.recipients("carol"), "x.json")
    done = writer("rotate", *words)
    assert done.returncode == 0, done.stderr
    after = json.loads((bench.place / "x.json").read_bytes())
    assert after["a"] != before["a"]
    assert after["sops"]["mac"] != before["sops"]["mac"]
    assert json.loads(bench.output_of(reader, "decrypt", "x.json", who="bob")) == {"a": "b", "c": 1}
    assert reader("decrypt", "x.json", who="carol").returncode == 128


def test_set_changes_one_value_only(bench, pair) -> None:
    """All other ciphertexts stay as they were, whoever wrote them."""
    writer, reader = pair
    text = "a: one\nb:\n    c: two\n    d: [x, y]\ne: 3\n"
    before = encrypted_for(bench, reader, "x.yaml", text, "alice").decode().splitlines()
    done = writer("set", "x.yaml", '["b"]["d"][1]', '"changed"')
    assert done.returncode == 0, done.stderr
    after = (bench.place / "x.yaml").read_text().splitlines()
    values_before, values_after = (lines[: lines.index("sops:")] for lines in (before, after))
    assert sum(old != new for old, new in zip(values_before, values_after, strict=True)) == 1
    assert bench.output_of(reader, "decrypt", "x.yaml").decode() == text.replace("[x, y]", "\n        - x\n        - changed").replace("d: \n", "d:\n")


def test_set_makes_new_entries_of_every_type(bench, pair) -> None:
    """Maps on the way are made."""
    writer, reader = pair
    encrypted_for(bench, reader, "x.json", '{"a": 1}', "alice")
    values = {'["new"]["deep"]': {"x": [1, "two"]}, '["a"]': 2.5, '["t"]': True, '["s"]': "ünï"}
    for path, value in values.items():
        done = writer("set", "x.json", path, json.dumps(value))
        assert done.returncode == 0, done.stderr
    assert json.loads(bench.output_of(reader, "decrypt", "x.json")) == {
        "a": 2.5,
        "new": {"deep": {"x": [1, "two"]}},
        "t": True,
        "s": "ünï",
    }


def test_unset(bench, pair) -> None:
    """Entries and items go."""
    writer, reader = pair
    encrypted_for(bench, reader, "x.json", '{"a": 1, "b": [1, 2, 3], "c": {"d": 1}}', "alice")
    for path in ('["a"]', '["b"][1]', '["c"]["d"]'):
        done = writer("unset", "x.json", path)
        assert done.returncode == 0, done.stderr
    assert json.loads(bench.output_of(reader, "decrypt", "x.json")) == {"b": [1, 3], "c": {}}


def test_values_need_not_stand_on_the_command_line(bench) -> None:
    """--value-stdin and --value-file; --idempotent leaves the file alone."""
    encrypted_for(bench, bench.ours, "x.json", '{"a": 1}', "alice")
    bench.output_of(bench.ours, "set", "--value-stdin", "x.json", '["a"]', input=b'"piped"')
    assert bench.output_of(bench.ours, "decrypt", "--extract", '["a"]', "x.json") == b"piped"
    bench.write("value", '"from a file"')
    bench.output_of(bench.ours, "set", "--value-file", "x.json", '["a"]', "value")
    assert bench.output_of(bench.ours, "decrypt", "--extract", '["a"]', "x.json") == b"from a file"
    before = (bench.place / "x.json").stat()
    bench.output_of(bench.ours, "set", "--idempotent", "x.json", '["a"]', '"from a file"')
    assert (bench.place / "x.json").stat().st_ino == before.st_ino


def test_filestatus(bench, pair) -> None:
    """As JSON."""
    writer, reader = pair
    bench.write("plain.json", '{"a": 1}')
    assert json.loads(bench.output_of(writer, "filestatus", "plain.json")) == {"encrypted": False}
    encrypted_for(bench, reader, "x.json", '{"a": 1}', "alice")
    assert json.loads(bench.output_of(writer, "filestatus", "x.json")) == {"encrypted": True}
