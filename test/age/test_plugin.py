# SPDX-License-Identifier: Apache-2.0
"""A plugin as a program of its own, both ways against Debian's age, and where its texts may and may not show."""

import os
from pathlib import Path

import pytest
from key_driver import AGE, needs, ours, output, run

PLUGIN = Path(__file__).parent / "age-plugin-vmcredtest"
MESSAGE = b"through a plugin"


@pytest.fixture
def keys(tmp_path: Path) -> tuple[str, Path]:
    """A recipient, and the file with its identity."""
    recipient, identity = output(run(PLUGIN, "--keygen")).decode().split()
    path = tmp_path / "identity"
    path.write_text(f"# a comment\n{identity}\n")
    return recipient, path


def environment(mode: str = "ok", **more: str) -> dict[str, str]:
    """With the plugin in $PATH."""
    path = f"{PLUGIN.parent}:/usr/bin:/bin"
    return {"PATH": path, "HOME": os.environ.get("HOME", "/"), "VMCRED_TEST_PLUGIN_MODE": mode, **more}


@pytest.mark.parametrize("mode", ["ok", "grease"])
def test_age_opens_ours_and_we_open_ages(keys: tuple[str, Path], mode: str) -> None:
    needs(AGE)
    recipient, identity = keys
    our_file = output(ours("encrypt", recipient, data=MESSAGE, environment=environment(mode)))
    assert output(run(AGE, "-d", "-i", identity, data=our_file, environment=environment())) == MESSAGE
    assert output(ours("decrypt", identity, data=our_file, environment=environment(mode))) == MESSAGE
    age_file = output(run(AGE, "-r", recipient, data=MESSAGE, environment=environment()))
    assert output(ours("decrypt", identity, data=age_file, environment=environment(mode))) == MESSAGE


def test_encrypts_to_an_identity(keys: tuple[str, Path]) -> None:
    _, identity = keys
    file = output(ours("encrypt-to-identity", identity, data=MESSAGE, environment=environment()))
    assert output(ours("decrypt", identity, data=file, environment=environment())) == MESSAGE


def test_a_plugins_identity_beside_others(keys: tuple[str, Path], tmp_path: Path) -> None:
    needs("ssh-keygen")
    recipient, identity = keys
    ssh = tmp_path / "ssh"
    output(run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh))
    both = [recipient, ssh.with_suffix(".pub").read_text().strip()]
    file = output(ours("encrypt", *both, data=MESSAGE, environment=environment()))
    assert output(ours("decrypt", identity, data=file, environment=environment())) == MESSAGE
    assert output(ours("decrypt", ssh, data=file)) == MESSAGE


def test_a_missing_plugin_is_named(keys: tuple[str, Path]) -> None:
    recipient, _ = keys
    outcome = ours("encrypt", recipient, environment={"PATH": "/usr/bin:/bin"})
    assert outcome.returncode == 1
    assert b"age-plugin-vmcredtest is not installed" in outcome.stderr
    assert outcome.stdout == b""


def test_what_it_writes_to_standard_error_shows_on_request_only(keys: tuple[str, Path]) -> None:
    recipient, _ = keys
    silent = ours("encrypt", recipient, environment=environment("no-such-mode"))
    assert b"it exited with status 3" in silent.stderr
    assert b"unknown mode" not in silent.stderr
    shown = ours("encrypt", recipient, environment=environment("no-such-mode", AGEDEBUG="plugin"))
    assert b"age-plugin-vmcredtest: unknown mode: no-such-mode" in shown.stderr


def test_a_plugin_that_opens_nothing_is_no_match(keys: tuple[str, Path]) -> None:
    recipient, identity = keys
    file = output(ours("encrypt", recipient, data=MESSAGE, environment=environment()))
    assert ours("decrypt", identity, data=file, environment=environment("no-match")).returncode == 2


def test_labels_keep_other_recipients_away(keys: tuple[str, Path], tmp_path: Path) -> None:
    needs("ssh-keygen")
    recipient, _ = keys
    ssh = tmp_path / "ssh"
    output(run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", ssh))
    both = [recipient, ssh.with_suffix(".pub").read_text().strip()]
    outcome = ours("encrypt", *both, data=MESSAGE, environment=environment("labels"))
    assert outcome.returncode == 1
    assert b"can't share a file" in outcome.stderr
