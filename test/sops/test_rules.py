# SPDX-License-Identifier: Apache-2.0
"""Which values are encrypted, by options and by .sops.yaml."""

import json

import pytest
import yaml

TEXT = "a_enc: 1\nb: 2\n# open\nc:\n    d_enc: 3\n    e_open: 4\n# secret\nf: 5\n"

RULES = {
    "unencrypted-suffix": ("_open", {"a_enc", "b", "d_enc", "f"}),
    "encrypted-suffix": ("_enc", {"a_enc", "d_enc"}),
    "unencrypted-regex": ("^(b|c)$", {"a_enc", "f"}),
    "encrypted-regex": ("^(b|c)$", {"b", "d_enc", "e_open"}),
    "unencrypted-comment-regex": ("open$", {"a_enc", "b", "f"}),
    "encrypted-comment-regex": ("secret$", {"f"}),
}


def leaves(tree: dict) -> dict[str, object]:
    """All values by their last key."""
    found = {}
    for key, value in tree.items():
        found |= leaves(value) if isinstance(value, dict) else {key: value}
    return found


def encrypted_names(text: bytes) -> set[str]:
    """The keys of the values that are encrypted."""
    tree = yaml.safe_load(text)
    del tree["sops"]
    return {key for key, value in leaves(tree).items() if str(value).startswith("ENC[")}


def rule_config(bench, rule: str, pattern: str, only: bool) -> str:
    """A .sops.yaml with one rule."""
    return (
        f"creation_rules:\n  - age: {bench.recipients('alice')}\n"
        f"    {rule.replace('-', '_')}: {pattern}\n    mac_only_encrypted: {str(only).lower()}\n"
    )


@pytest.mark.parametrize("only", [False, True], ids=["all", "mac-only-encrypted"])
@pytest.mark.parametrize("rule", RULES)
def test_each_rule(bench, pair, rule: str, only: bool) -> None:
    """Both programs encrypt the same values, and read each other's file."""
    writer, reader = pair
    pattern, names = RULES[rule]
    bench.write(".sops.yaml", rule_config(bench, rule, pattern, only))
    bench.write("x.yaml", TEXT)
    encrypted = bench.output_of(writer, "encrypt", "x.yaml")
    assert encrypted_names(encrypted) == names
    bench.write("x.yaml", encrypted)
    assert yaml.safe_load(bench.output_of(reader, "decrypt", "x.yaml")) == yaml.safe_load(TEXT)


@pytest.mark.parametrize("rule", RULES)
def test_options_say_the_same_as_the_config(bench, rule: str) -> None:
    """And win over it."""
    pattern, names = RULES[rule]
    bench.write(".sops.yaml", rule_config(bench, "encrypted-suffix", "nothing", False))
    bench.write("x.yaml", TEXT)
    encrypted = bench.output_of(bench.ours, "encrypt", f"--{rule}", pattern, "--mac-only-encrypted", "x.yaml")
    assert encrypted_names(encrypted) == names
    assert yaml.safe_load(encrypted)["sops"]["mac_only_encrypted"] is True
    bench.write("x.yaml", encrypted)
    assert yaml.safe_load(bench.output_of(bench.theirs, "decrypt", "x.yaml")) == yaml.safe_load(TEXT)


def test_open_values_may_change_where_the_seal_leaves_them_out(bench, pair) -> None:
    """And only there."""
    writer, reader = pair
    for only, status in ((True, 0), (False, 51)):
        bench.write(".sops.yaml", rule_config(bench, "unencrypted-suffix", "_unencrypted", only))
        bench.write("x.yaml", "a: 1\nb_unencrypted: 2\n")
        encrypted = bench.output_of(writer, "encrypt", "x.yaml")
        bench.write("x.yaml", encrypted.replace(b"b_unencrypted: 2", b"b_unencrypted: 3"))
        assert reader("decrypt", "x.yaml").returncode == status


def config(bench) -> str:
    """Rules for several folders."""
    return f"""
keys:
  - &alice {bench.people["alice"].recipient}
  - &bob {bench.people["bob"].recipient}
creation_rules:
  - path_regex: ^both/.*
    age: [*alice, *bob]
    encrypted_regex: ^secret
  - path_regex: \\.env$
    age: {bench.recipients("alice", "bob")}
  - path_regex: groups/
    shamir_threshold: 2
    mac_only_encrypted: true
    key_groups:
      - age: [*alice]
      - age: [*bob]
      - merge:
          - age: [{bench.people["carol"].recipient}]
  - path_regex: other/
    pgp: 85D77543B3D624B63CEA9E6DBC17301B491B3F21
  - path_regex: mine/
    age: *alice
stores:
  yaml:
    indent: 2
"""


@pytest.mark.parametrize(
    ("name", "text", "who"),
    [
        ("both/x.yaml", "secret: 1\nopen: {a: 2}\n", "bob"),
        ("deep/er/x.env", "A=1\n", "bob"),
        ("mine/x.json", '{"a": 1}', "alice"),
    ],
)
def test_creation_rules(bench, pair, name: str, text: str, who: str) -> None:
    """Both programs find the same rule."""
    writer, reader = pair
    bench.write(".sops.yaml", config(bench))
    bench.write(name, text)
    encrypted = bench.output_of(writer, "encrypt", name)
    bench.write(name, encrypted)
    decrypted = bench.output_of(reader, "decrypt", name, who=who)
    as_values = json.loads if name.endswith(".json") else yaml.safe_load
    assert as_values(decrypted) == as_values(text)
    assert reader("decrypt", name, who="carol").returncode == 128
    if name.endswith(".yaml"):
        assert b"open:\n  a: 2\n" in encrypted


def test_groups_of_a_creation_rule(bench, pair) -> None:
    """Two of three groups are needed."""
    writer, reader = pair
    bench.write(".sops.yaml", config(bench))
    bench.write("groups/x.yaml", "a: 1\n")
    bench.write("groups/x.yaml", bench.output_of(writer, "encrypt", "groups/x.yaml"))
    assert reader("decrypt", "groups/x.yaml").returncode == 128
    both = bench.write("both-keys", b"".join(bench.people[name].key_file.read_bytes() for name in ("alice", "carol")))
    env = {"SOPS_AGE_KEY_FILE": str(both)}
    assert bench.output_of(reader, "decrypt", "groups/x.yaml", env=env) == b"a: 1\n"


def test_the_config_is_found_from_folders_below_and_by_name(bench) -> None:
    """As sops finds it."""
    bench.write("deep/x.json", '{"a": 1}')
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice')}\n")
    for words in (["encrypt", "deep/x.json"], ["encrypt", "--config", ".sops.yaml", "deep/x.json"]):
        encrypted = json.loads(bench.output_of(bench.ours, *words))
        assert encrypted["sops"]["age"][0]["recipient"] == bench.recipients("alice")
    (bench.place / ".sops.yaml").rename(bench.place / "rules")
    assert bench.ours("encrypt", "deep/x.json").returncode == 1
    bench.output_of(bench.ours, "encrypt", "deep/x.json", env={"SOPS_CONFIG": str(bench.place / "rules")})


def test_rules_that_cannot_be_followed_are_told(bench) -> None:
    """Keys of other programs, misspelt fields, a file of the wrong name."""
    bench.write(".sops.yaml", config(bench))
    bench.write("other/x.yaml", "a: 1\n")
    done = bench.ours("encrypt", "other/x.yaml")
    assert done.returncode == 1
    assert b"'pgp'" in done.stderr and b"use the sops program" in done.stderr
    bench.write("nowhere/x.yaml", "a: 1\n")
    assert b"no creation rule is about 'nowhere/x.yaml'" in bench.ours("encrypt", "nowhere/x.yaml").stderr

    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice')}\n    encripted_regex: x\n")
    done = bench.ours("encrypt", "other/x.yaml")
    assert done.returncode == 0
    assert b"unknown field 'encripted_regex' (did you mean 'encrypted_regex'?)" in done.stderr

    (bench.place / ".sops.yaml").rename(bench.place / ".sops.yml")
    done = bench.ours("encrypt", "--age", bench.recipients("alice"), "other/x.yaml")
    assert b".sops.yml is not read" in done.stderr
