# SPDX-License-Identifier: Apache-2.0
"""The exit codes of `vmcred sops` are those of the sops program for the same mistake."""

import json

import pytest


def break_value(text: bytes) -> bytes:
    """Another first letter of a ciphertext."""
    at = text.index(b"data:") + len(b"data:")
    return text[:at] + (b"B" if text[at : at + 1] == b"A" else b"A") + text[at + 1 :]


def without(*fields: str):
    """Takes fields out of the metadata."""

    def change(text: bytes) -> bytes:
        tree = json.loads(text)
        for field in fields:
            del tree["sops"][field]
        return json.dumps(tree).encode()

    return change


def swap_values(text: bytes) -> bytes:
    """Each value in the other's place."""
    tree = json.loads(text)
    tree["a"], tree["b"] = tree["b"], tree["a"]
    return json.dumps(tree).encode()


def remove_value(text: bytes) -> bytes:
    """One value less."""
    tree = json.loads(text)
    del tree["b"]
    return json.dumps(tree).encode()


def open_value(text: bytes) -> bytes:
    """Plaintext where there should be a ciphertext."""
    tree = json.loads(text)
    tree["a"] = "open"
    return json.dumps(tree).encode()


CHANGES = {
    "tampered value": (break_value, 25),
    "values swapped": (swap_values, 25),
    "plaintext": (open_value, 25),
    "value removed": (remove_value, 51),
    "no mac": (without("mac"), 51),
    "no version": (without("version"), 1),
    "no keys": (without("age"), 1),
    "no time": (without("lastmodified"), 1),
    "no metadata": (lambda text: b'{"a": "b"}', 1),
    "no json": (lambda text: b"{", 1),
}


@pytest.mark.parametrize("change", CHANGES)
def test_files_that_are_not_right(bench, change: str) -> None:
    """Decryption says why."""
    apply, expected = CHANGES[change]
    bench.write("x.json", '{"a": "b", "b": "c"}')
    encrypted = bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "x.json")
    bench.write("x.json", apply(encrypted))
    ours = bench.ours("decrypt", "x.json")
    theirs = bench.theirs("decrypt", "x.json")
    assert ours.stdout == b""
    assert ours.returncode == expected, ours.stderr
    assert theirs.returncode == expected, theirs.stderr


MISTAKES = {
    "no file to rotate": (["rotate"], 100),
    "no file to edit": (["edit"], 100),
    "no file to set": (["set"], 100),
    "no value to set": (["set", "x.json", '["a"]'], 100),
    "no file to update": (["updatekeys"], 100),
    "absent file": (["decrypt", "absent.json"], 100),
    "absent file to encrypt": (["encrypt", "absent.json"], 100),
    "keys of an absent file": (["rotate", "--add-age", "age1x", "absent.json"], 49),
    "two places": (["decrypt", "--in-place", "--output", "y", "x.json"], 8),
    "standard input in place": (["decrypt", "--in-place"], 8),
    "standard input without a name": (["encrypt"], 8),
    "encrypted already": (["encrypt", "x.json"], 203),
    "no json to encrypt": (["encrypt", "broken.json"], 2),
    "nobody to encrypt to": (["encrypt", "plain.json"], 1),
    "no path": (["decrypt", "--extract", "a", "x.json"], 91),
    "no path to set": (["set", "x.json", "a", "1"], 7),
    "no json to set": (["set", "x.json", '["a"]', "{"], 7),
    "unwritable": (["decrypt", "--output", "absent/y", "x.json"], 3),
    "unknown option": (["decrypt", "--no-such-option", "x.json"], 1),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_mistakes(bench, mistake: str) -> None:
    """Ours, and what sops says."""
    words, expected = MISTAKES[mistake]
    bench.write("plain.json", '{"a": "b"}')
    encrypted = bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "plain.json")
    bench.write("x.json", encrypted)
    bench.write("broken.json", "{")
    named = mistake in ("encrypted already", "no json to encrypt")
    env = {"SOPS_AGE_RECIPIENTS": bench.recipients("alice")} if named else {}
    if words[0] == "updatekeys":
        bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice')}\n")
    ours = bench.ours(*words, env=env)
    assert ours.returncode == expected, ours.stderr
    assert ours.stderr.startswith(b"vmcred: error: ")
    theirs = bench.theirs(*words, env=env)
    assert theirs.returncode == expected, theirs.stderr


EMPTY = {
    "yaml": 92,
    "json": 2,
    "env": 0,
    "txt": 0,
}


@pytest.mark.parametrize("suffix", EMPTY)
def test_empty_files(bench, suffix: str) -> None:
    """Only YAML has files without a document; dotenv and binary files may have nothing in them."""
    name = f"empty.{suffix}"
    bench.write(name, "")
    ours = bench.ours("encrypt", "--age", bench.recipients("alice"), name)
    theirs = bench.theirs("encrypt", "--age", bench.recipients("alice"), name)
    assert (ours.returncode, theirs.returncode) == (EMPTY[suffix], EMPTY[suffix]), ours.stderr
    if EMPTY[suffix] == 0:
        for encrypted in (ours.stdout, theirs.stdout):
            bench.write(name, encrypted)
            assert bench.output_of(bench.ours, "decrypt", name) == b""
            assert bench.output_of(bench.theirs, "decrypt", name) == b""


@pytest.mark.parametrize("command", [["decrypt"], ["rotate"], ["set"], ["filestatus"]], ids=lambda words: words[0])
@pytest.mark.parametrize("suffix", EMPTY)
def test_empty_files_are_not_encrypted(bench, suffix: str, command: list[str]) -> None:
    name = f"empty.{suffix}"
    bench.write(name, "")
    words = [*command, name, *(['["a"]', '"b"'] if command == ["set"] else [])]
    ours, theirs = bench.ours(*words), bench.theirs(*words)
    assert ours.returncode == theirs.returncode, ours.stderr
    assert ours.stdout == theirs.stdout
    assert (bench.place / name).read_bytes() == b""


def test_the_status_of_files_that_are_not_right(bench) -> None:
    for name, text in {"x.json": "{", "x.yaml": "a: [", "x.env": "A", "x.txt": "text"}.items():
        bench.write(name, text)
        ours = bench.ours("filestatus", name)
        assert ours.returncode == bench.theirs("filestatus", name).returncode == 1, ours.stderr


# What the format of the result has no place for; where sops writes another file than it was given, its code is 0.
UNFIT = {
    "a map into dotenv": (["encrypt", "--output-type", "dotenv", "plain.json"], 4),
    "a map out into dotenv": (["decrypt", "--output-type", "dotenv", "x.json"], 4),
    "a map out into binary": (["decrypt", "--output-type", "binary", "x.json"], 4),
    "a part out into binary": (["decrypt", "--extract", '["m"]', "--output-type", "binary", "x.json"], 4),
    "a part out into dotenv": (["decrypt", "--extract", '["m"]', "--output-type", "dotenv", "x.json"], 0),
}


@pytest.mark.parametrize("case", UNFIT)
def test_values_that_the_format_cannot_hold(bench, case: str) -> None:
    """4, and nothing is printed or written."""
    words, of_sops = UNFIT[case]
    bench.write("plain.json", '{"m": {"a": "b"}, "l": [1]}')
    bench.write("x.json", bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "plain.json"))
    env = {"SOPS_AGE_RECIPIENTS": bench.recipients("alice")}
    ours = bench.ours(words[0], "--output", "result", *words[1:], env=env)
    assert (ours.returncode, ours.stdout) == (4, b""), ours.stderr
    assert not (bench.place / "result").exists()
    assert bench.theirs(*words, env=env).returncode == of_sops


@pytest.mark.parametrize("name", ["x.yaml", "x.env"])
def test_a_comment_that_would_switch_encryption_off(bench, name: str) -> None:
    """23: its ciphertext matches the rule's own expression."""
    recipient = bench.recipients("alice")
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {recipient}\n    unencrypted_comment_regex: ^ENC\n")
    text = b"# note\na: b\n" if name == "x.yaml" else b"# note\na=b\n"
    bench.write(name, text)
    ours, theirs = bench.ours("encrypt", "--in-place", name), bench.theirs("encrypt", name)
    assert ours.returncode == theirs.returncode == 23, ours.stderr
    assert b"hint: choose an expression" in ours.stderr
    assert (bench.place / name).read_bytes() == text


def test_the_wrong_key(bench) -> None:
    """128, and a hint."""
    bench.write("x.json", '{"a": "b"}')
    bench.write("x.json", bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "x.json"))
    ours = bench.ours("decrypt", "x.json", who="bob")
    assert ours.returncode == bench.theirs("decrypt", "x.json", who="bob").returncode == 128
    assert b"SOPS_AGE_KEY_FILE" in ours.stderr
    assert bench.ours("decrypt", "x.json", who="").returncode == 128


def test_the_seal_may_be_passed_over(bench) -> None:
    """--ignore-mac, and nothing else."""
    bench.write("x.json", '{"a": "b", "b": "c"}')
    encrypted = bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "x.json")
    bench.write("x.json", remove_value(encrypted))
    assert json.loads(bench.output_of(bench.ours, "decrypt", "--ignore-mac", "x.json")) == {"a": "b"}
    bench.write("x.json", break_value(encrypted))
    assert bench.ours("decrypt", "--ignore-mac", "x.json").returncode == 25


def test_rotating_may_pass_over_the_seal(bench) -> None:
    """And makes a new one; as sops, which has the option in its older words."""
    bench.write("x.json", '{"a": "b", "b": "c"}')
    broken = remove_value(bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "x.json"))
    for runner, rotate in ((bench.ours, ["rotate"]), (bench.theirs, ["--rotate"])):
        bench.write("x.json", broken)
        assert runner(*rotate, "--in-place", "x.json").returncode == 51
        assert (bench.place / "x.json").read_bytes() == broken
        bench.output_of(runner, *rotate, "--in-place", "--ignore-mac", "x.json")
        assert json.loads(bench.output_of(bench.ours, "decrypt", "x.json")) == {"a": "b"}
        assert json.loads(bench.output_of(bench.theirs, "decrypt", "x.json")) == {"a": "b"}


UNREADABLE = {
    "another key in a binary file": ["set", "x.bin", '["k"]', '"v"'],
    "nothing in a binary file": ["unset", "x.bin", '["data"]'],
    "a number in a binary file": ["set", "x.bin", '["data"]', "5"],
    "a map in a binary file": ["encrypt", "--output-type", "binary", "x.yaml"],
    "an open truth value in dotenv": ["encrypt", "--output-type", "dotenv", "open.yaml"],
    "an open truth value set in dotenv": ["set", "x.env", '["a_unencrypted"]', "true"],
    "an open backslash in dotenv": ["set", "x.env", '["a_unencrypted"]', '"x\\\\ny"'],
    "a metadata key in dotenv": ["encrypt", "--output-type", "dotenv", "reserved.json"],
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_no_file_is_written_that_could_not_be_read_again(bench, case: str) -> None:
    """4, a hint, and the file as it was."""
    bench.write("x.yaml", "k: v\n")
    bench.write("open.yaml", "a_unencrypted: true\n")
    bench.write("reserved.json", '{"sops_x": 1}')
    for name, text in {"x.bin": "some text", "x.env": "a_unencrypted=b\n"}.items():
        bench.write(name, text)
        bench.write(name, bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), name))
    name = UNREADABLE[case][1]
    before = (bench.place / name).read_bytes() if name.startswith("x.") else b""
    done = bench.ours(*UNREADABLE[case], env={"SOPS_AGE_RECIPIENTS": bench.recipients("alice")})
    assert done.returncode == 4, done.stderr
    assert done.stdout == b""
    assert b"hint: " in done.stderr
    assert not name.startswith("x.") or (bench.place / name).read_bytes() == before


def test_nothing_is_set_deeper_than_files_may_be(bench) -> None:
    """At the limit the file is read again, beyond it nothing is written."""
    bench.write("x.json", '{"a": "b"}')
    bench.write("x.json", bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "x.json"))
    assert bench.ours("set", "x.json", '["l"]' + "[0]" * 127, "[1]").returncode == 7
    assert bench.ours("set", "x.json", '["l"]' + "[0]" * 30000, "1").returncode == 7
    assert bench.ours("decrypt", "--extract", "[0]" * 30000, "x.json").returncode == 91
    bench.output_of(bench.ours, "set", "x.json", '["l"]' + "[0]" * 127, "1")
    assert bench.output_of(bench.ours, "decrypt", "--extract", '["l"]' + "[0]" * 127, "x.json") == b"1"
