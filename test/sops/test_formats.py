# SPDX-License-Identifier: Apache-2.0
"""What one program encrypts, the other decrypts to the same values, in each format."""

import json
import random
import string

import pytest
import yaml

JSON_VALUES = {
    "text": "hello",
    "empty": "",
    "unicode": "ünï 🔑 \u2028 <&>",
    "lines": "one\ntwo\n",
    "whole": 25,
    "large": 9007199254740991,
    "negative": -1,
    "fraction": 0.1,
    "yes": True,
    "no": False,
    "nothing": None,
    "list": ["a", 1, None, {"deep": ["er"]}, [1, [2]]],
    "map": {"a": {"b": {"c": "d"}}, "empty": {}, "none": []},
    "open_unencrypted": "left open",
    "looks like a path:": "x",
    "": "empty key",
}

YAML_TEXT = """\
# the first comment
text: hello # behind it
number: 0x1F
octal: 0o17
underscores: 1_000
fraction: 1.5
exponent: 1e3
infinite: .inf
truth: true
old: yes
nothing: ~
time: 2001-12-14t21:59:43.10-05:00
day: 2002-12-14
quoted: "1"
empty: ""
unicode: "ünï \\U0001F511"
literal: |
  two
  lines
folded: >-
  folded
  text
keep: |+
  with blank lines


map:
  # inside
  a: 1

  # the end of the map
# of the list
list:
  - x # behind x
  # before a map
  - a: 1
    b: 2
  - - deep
    - er
  # the end of the list
flow: {a: [1, 2], b: {}}
anchor: &anchor {k: v}
alias: *anchor
merged:
  <<: *anchor
open_unencrypted: left open
# the last comment
"""

DOTENV_TEXT = "# a comment\nA=1\nB=two words # no comment\nEMPTY=\nLINES=one\\ntwo\nQUOTED=\"x\"\nOPEN_unencrypted=open\n"


def round_trip(bench, pair, name: str, content: str | bytes, *options: str) -> bytes:
    """What the reader makes of what the writer encrypted."""
    writer, reader = pair
    bench.write(name, content)
    encrypted = bench.output_of(writer, "encrypt", "--age", bench.recipients("alice"), *options, name)
    bench.write(name, encrypted)
    return bench.output_of(reader, "decrypt", name)


def test_json(bench, pair) -> None:
    """Types, order, unicode."""
    decrypted = json.loads(round_trip(bench, pair, "x.json", json.dumps(JSON_VALUES)))
    assert decrypted == JSON_VALUES
    assert list(decrypted) == list(JSON_VALUES)


def test_yaml(bench, pair) -> None:
    """Types, comments, anchors."""
    decrypted = round_trip(bench, pair, "x.yaml", YAML_TEXT).decode()
    expected = yaml.safe_load(YAML_TEXT)
    # PyYAML's types of these words are others than Go's.
    differing = ("octal", "exponent", "old", "merged", "infinite", "time", "day")
    values = yaml.safe_load(decrypted)
    assert {k: v for k, v in values.items() if k not in differing} == {
        k: v for k, v in expected.items() if k not in differing
    }
    assert "octal: 15\n" in decrypted
    assert 'old: "yes"\n' in decrypted
    assert "time: 2001-12-14T21:59:43.1-05:00\n" in decrypted
    comments = sorted(line.split("#", 1)[1] for line in YAML_TEXT.splitlines() if "#" in line)
    assert sorted(line.split("#", 1)[1] for line in decrypted.splitlines() if "#" in line) == comments


def test_yaml_of_several_documents(bench, pair) -> None:
    """One seal over all."""
    decrypted = round_trip(bench, pair, "x.yaml", "a: 1\n---\nb: 2\n---\nc: [3]\n")
    assert list(yaml.safe_load_all(decrypted)) == [{"a": 1}, {"b": 2}, {"c": [3]}]


def test_dotenv(bench, pair) -> None:
    """Nothing is trimmed or unquoted."""
    assert round_trip(bench, pair, "x.env", DOTENV_TEXT).decode() == DOTENV_TEXT


@pytest.mark.parametrize(
    "content",
    [bytes(range(256)) * 5, b"\n", b"no newline", bytes(70_000), "ünï".encode()],
    ids=["all-bytes", "newline", "no-newline", "large", "unicode"],
)
def test_binary(bench, pair, content: bytes) -> None:
    """Any bytes come back as they were."""
    assert round_trip(bench, pair, "x.bin", content) == content


def test_formats_can_be_named(bench, pair) -> None:
    """--input-type and --output-type win over the file's name."""
    writer, reader = pair
    bench.write("x", '{"a": "b"}')
    words = ("--input-type", "json", "--output-type", "json", "x")
    bench.write("x", bench.output_of(writer, "encrypt", "--age", bench.recipients("alice"), *words))
    assert json.loads(bench.output_of(reader, "decrypt", *words)) == {"a": "b"}
    assert yaml.safe_load(bench.output_of(reader, "decrypt", "--input-type", "json", "--output-type", "yaml", "x")) == {
        "a": "b"
    }


def test_parts_can_be_extracted(bench, pair) -> None:
    """A text as it is; all else in the format."""
    writer, reader = pair
    bench.write("x.json", '{"a": {"b": ["x", {"c": "d"}]}}')
    bench.write("x.json", bench.output_of(writer, "encrypt", "--age", bench.recipients("alice"), "x.json"))
    assert bench.output_of(reader, "decrypt", "--extract", '["a"]["b"][0]', "x.json") == b"x"
    assert json.loads(bench.output_of(reader, "decrypt", "--extract", '["a"]["b"][1]', "x.json")) == {"c": "d"}


def random_text(source: random.Random) -> str:
    """Short, and often of characters that YAML has a meaning for. Not what sops itself can't read again once it has
    written it: texts of several lines with a tab in them, or with white space in front (in lists it miscounts that).
    """
    alphabet = string.ascii_letters + string.digits + " \n:#-?[]{}&*!|>'\"%@`,.~=<>_\\/" + "üé\u0085\u2028🔑\x07"
    words = ["true", "null", "~", "1", "0x1", "1e3", "1_0", "2001-01-01", "yes", "<<", "=", "---", "...", "1:30", ".inf"]
    if source.random() < 0.2:
        return source.choice(words)
    text = "".join(source.choice(alphabet) for _ in range(source.randrange(12)))
    return text.lstrip() if "\n" in text else text


def random_value(source: random.Random, depth: int) -> object:
    """A tree of anything that JSON can hold."""
    kind = source.randrange(9 if depth < 4 else 6)
    if kind == 6:
        return [random_value(source, depth + 1) for _ in range(source.randrange(4))]
    if kind > 6:
        return {random_text(source).replace("\n", ""): random_value(source, depth + 1) for _ in range(source.randrange(4))}
    return [
        random_text(source),
        source.randrange(-(2**53), 2**53),
        source.uniform(-1e6, 1e6),
        source.random() < 0.5,
        None,
        random_text(source),
    ][kind]


@pytest.mark.parametrize("_attempt", range(8))
def test_random_trees_survive_as_yaml(bench, _attempt: int) -> None:
    """From JSON to YAML by us, through sops and our own reader, and back to JSON."""
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    value = {f"k{i} {random_text(source)}".replace("\n", ""): random_value(source, 0) for i in range(20)}
    bench.write("x.json", json.dumps(value))
    words = ("--age", bench.recipients("alice"), "--encrypted-regex", "^k.*[0-4] ")
    bench.write("x.yaml", bench.output_of(bench.ours, "encrypt", *words, "--output-type", "yaml", "x.json"))
    as_json = ("decrypt", "--output-type", "json", "x.yaml")
    assert json.loads(bench.output_of(bench.ours, *as_json)) == value
    bench.write("plain.yaml", bench.output_of(bench.ours, "decrypt", "x.yaml"))
    assert json.loads(bench.output_of(bench.theirs, *as_json)) == value
    bench.write("again.yaml", bench.output_of(bench.theirs, "encrypt", *words, "plain.yaml"))
    assert json.loads(bench.output_of(bench.ours, "decrypt", "--output-type", "json", "again.yaml")) == value
