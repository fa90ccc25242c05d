# SPDX-License-Identifier: Apache-2.0
"""SSH keys of every kind that ssh-keygen makes, both ways against Debian's age."""

from pathlib import Path

import pytest
from key_driver import AGE, needs, ours, output, run

PASSPHRASE = "a test passphrase"
MESSAGE = b"both ways \x00\xff"
ED25519 = ["-t", "ed25519"]
RSA = ["-t", "rsa", "-b", "2048"]
PLAIN = {
    "ed25519": ED25519,
    "rsa-2048": RSA,
    "rsa-3072": ["-t", "rsa", "-b", "3072"],
    "rsa-4096": ["-t", "rsa", "-b", "4096"],
    "rsa-pem": [*RSA, "-m", "PEM"],
    "rsa-pkcs8": [*RSA, "-m", "PKCS8"],
}
LOCKED = {
    "ed25519": ED25519,
    "rsa": RSA,
    "one-round": [*ED25519, "-a", "1"],
    **{cipher: [*ED25519, "-a", "2", "-Z", cipher] for cipher in
       ("aes256-ctr", "aes192-ctr", "aes128-ctr", "aes256-cbc", "aes192-cbc", "aes128-cbc")},
}
UNSUPPORTED_CIPHERS = ("3des-cbc", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com", "chacha20-poly1305@openssh.com")


def keygen(path: Path, options: list[str], passphrase: str = "") -> Path:
    """A new private key; its public part is beside it."""
    needs("ssh-keygen")
    output(run("ssh-keygen", "-q", *options, "-N", passphrase, "-C", "a comment", "-f", path))
    return path


def public(key: Path) -> str:
    """The line of the .pub file."""
    return key.with_name(key.name + ".pub").read_text().strip()


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    """The passphrase of every locked key here."""
    path = tmp_path / "passphrase"
    path.write_text(PASSPHRASE)
    return path


@pytest.mark.parametrize("options", PLAIN.values(), ids=PLAIN)
def test_age_opens_ours_and_we_open_ages(tmp_path: Path, options: list[str]) -> None:
    needs(AGE)
    key = keygen(tmp_path / "key", options)
    our_file = output(ours("encrypt", public(key), data=MESSAGE))
    assert output(run(AGE, "-d", "-i", key, data=our_file)) == MESSAGE
    assert output(ours("decrypt", key, data=our_file)) == MESSAGE
    age_file = output(run(AGE, "-r", public(key), data=MESSAGE))
    assert output(ours("decrypt", key, data=age_file)) == MESSAGE


@pytest.mark.parametrize("options", PLAIN.values(), ids=PLAIN)
def test_the_recipient_of_a_key_is_its_public_line(tmp_path: Path, options: list[str]) -> None:
    key = keygen(tmp_path / "key", options)
    assert output(ours("recipient", key)).decode().split() == public(key).split()[:2]


@pytest.mark.parametrize("options", LOCKED.values(), ids=LOCKED)
def test_locked_keys_open_with_their_passphrase(tmp_path: Path, passphrase_file: Path, options: list[str]) -> None:
    needs(AGE)
    key = keygen(tmp_path / "key", options, PASSPHRASE)
    age_file = output(run(AGE, "-r", public(key), data=MESSAGE))
    opened = ours("decrypt", key, passphrase_file, data=age_file)
    assert output(opened) == MESSAGE
    assert opened.stderr == b"asked\n"
    assert output(ours("recipient", key)).decode().split() == public(key).split()[:2]


def test_a_wrong_passphrase_is_told_and_none_is_asked_for_others(tmp_path: Path, passphrase_file: Path) -> None:
    key = keygen(tmp_path / "key", ED25519, PASSPHRASE)
    other = keygen(tmp_path / "other", ED25519)
    file = output(ours("encrypt", public(key), data=MESSAGE))
    foreign = ours("decrypt", key, passphrase_file, data=output(ours("encrypt", public(other), data=MESSAGE)))
    assert (foreign.returncode, b"asked" in foreign.stderr) == (2, False)
    passphrase_file.write_text("wrong")
    wrong = ours("decrypt", key, passphrase_file, data=file)
    assert wrong.returncode == 1
    assert b"the passphrase of the ssh key is wrong" in wrong.stderr
    nobody = ours("decrypt", key, data=file)
    assert nobody.returncode == 1
    assert b"nobody can be asked" in nobody.stderr


@pytest.mark.parametrize("cipher", UNSUPPORTED_CIPHERS)
def test_other_ciphers_are_named(tmp_path: Path, cipher: str) -> None:
    key = keygen(tmp_path / "key", [*ED25519, "-a", "1", "-Z", cipher], PASSPHRASE)
    outcome = ours("recipient", key)
    assert outcome.returncode == 1
    assert f"'{cipher}'" in outcome.stderr.decode()
    # The hint's command helps.
    output(run("ssh-keygen", "-p", "-Z", "aes256-ctr", "-P", PASSPHRASE, "-N", PASSPHRASE, "-f", key))
    assert output(ours("recipient", key)).decode().split() == public(key).split()[:2]


@pytest.mark.parametrize("form", ["PEM", "PKCS8"])
def test_locked_keys_in_old_formats_are_told_how_to_convert(tmp_path: Path, form: str) -> None:
    key = keygen(tmp_path / "key", [*RSA, "-m", form], PASSPHRASE)
    outcome = ours("recipient", key)
    assert outcome.returncode == 1
    assert f"ssh-keygen -p -f {key}" in outcome.stderr.decode()
    output(run("ssh-keygen", "-p", "-P", PASSPHRASE, "-N", PASSPHRASE, "-f", key))
    assert output(ours("recipient", key)).decode().split() == public(key).split()[:2]


def test_other_types_and_short_keys_are_refused(tmp_path: Path) -> None:
    ecdsa = keygen(tmp_path / "ecdsa", ["-t", "ecdsa"])
    for outcome in (ours("encrypt", public(ecdsa)), ours("recipient", ecdsa)):
        assert outcome.returncode == 1
    assert b"ecdsa-sha2-nistp256" in ours("recipient", ecdsa).stderr
    short = keygen(tmp_path / "short", ["-t", "rsa", "-b", "1024"])
    for outcome in (ours("encrypt", public(short)), ours("recipient", short)):
        assert outcome.returncode == 1
        assert b"1024 bits: too few" in outcome.stderr


def test_one_of_several_recipients_is_enough(tmp_path: Path) -> None:
    needs(AGE)
    keys = [keygen(tmp_path / name, options) for name, options in (("a", ED25519), ("b", RSA), ("c", ED25519))]
    file = output(ours("encrypt", *map(public, keys), data=MESSAGE))
    for key in keys:
        assert output(ours("decrypt", key, data=file)) == MESSAGE
        assert output(run(AGE, "-d", "-i", key, data=file)) == MESSAGE


def test_the_derived_key_is_that_of_ssh_to_age(tmp_path: Path, passphrase_file: Path) -> None:
    needs("ssh-to-age")
    key = keygen(tmp_path / "key", ED25519)
    expected = output(run("ssh-to-age", data=public(key).encode()))
    assert output(ours("derive", key)) == expected


def test_the_derived_key_of_a_locked_key_needs_its_passphrase(tmp_path: Path, passphrase_file: Path) -> None:
    key = keygen(tmp_path / "key", ED25519, PASSPHRASE)
    derived = output(ours("derive", key, passphrase_file))
    assert derived.startswith(b"age1")
    assert ours("derive", key).returncode == 1
    output(run("ssh-keygen", "-p", "-P", PASSPHRASE, "-N", "", "-f", key))
    assert output(ours("derive", key)) == derived
