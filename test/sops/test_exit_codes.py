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
