# SPDX-License-Identifier: Apache-2.0
"""A repository as clan leaves it, made here with the real sops program: read, checked, fixed and rotated without a
needless difference."""

import json
import os
from pathlib import Path

import pytest
from fetched_tools import sops_program
from repository import Repository, make_key, make_repository, output

CONFIG = """
[generators.app]
files.token = {}
files.public = { secret = false }
script = "printf new > $out/token; printf new-public > $out/public"

[vms.guest]
vars_machine = "web"
kernel = "vmlinuz"
secrets.token = { generator = "app" }
"""

VALUE = bytes(range(256)) * 64


def write_key(folder: Path, recipient: str, old_form: bool) -> None:
    """key.json in clan's older form, one object, or in today's."""
    folder.mkdir(parents=True)
    key = {"publickey": recipient, "type": "age"}
    (folder / "key.json").write_text(json.dumps(key if old_form else [key], indent=2))


def clan_encrypt(repository: Repository, target: Path, value: bytes, recipients: list[str]) -> None:
    """As clan calls sops: a file without an extension, encrypted in place."""
    plain = repository.home / "plain"
    plain.write_bytes(value)
    output(sops_program(), "encrypt", "--age", ",".join(recipients), "--in-place", plain, env=repository.environment)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(plain.read_text().rstrip("\n"))
    plain.unlink()


@pytest.fixture
def clan(tmp_path: Path) -> Repository:
    """Two users of which one is the admin, one machine with a var for it, and its key."""
    repository = make_repository(tmp_path, CONFIG)
    output("rm", "-rf", repository.root / "sops")
    admin = output("age-keygen", "-y", repository.key_file).decode().strip()
    machine = make_key(repository.home / "web.txt")
    sops = repository.root / "sops"
    write_key(sops / "users" / "admin", admin, old_form=False)
    write_key(sops / "machines" / "web", machine, old_form=True)
    clan_encrypt(repository, sops / "secrets" / "web-age.key" / "secret", (repository.home / "web.txt").read_bytes(), [admin])
    link(sops / "secrets" / "web-age.key" / "users" / "admin", "../../../users/admin")
    var = repository.root / "vars" / "per-machine" / "web" / "app"
    clan_encrypt(repository, var / "token" / "secret", VALUE, [admin, machine])
    link(var / "token" / "users" / "admin", "../../../../../../sops/users/admin")
    link(var / "token" / "machines" / "web", "../../../../../../sops/machines/web")
    (var / "public").mkdir()
    (var / "public" / "value").write_text("public value")
    repository.git("add", "--all")
    repository.git("commit", "--quiet", "--message=as clan leaves it")
    return repository


def link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    os.symlink(target, path)
    assert path.exists(), "a dangling link in the test itself"


def test_it_is_read_and_right(clan: Repository) -> None:
    assert clan.get("guest", "app/token") == VALUE
    assert clan.get("web", "app/public") == b"public value"
    clan.vmcred("vars", "check")


def test_nothing_is_rewritten_that_is_right(clan: Repository) -> None:
    before = clan.commits()
    clan.vmcred("vars", "generate")
    clan.vmcred("vars", "fix")
    clan.vmcred("vars", "set", "web", "app/token", input=VALUE)
    assert clan.is_clean() and clan.commits() == before


def test_fix_adds_and_removes_exactly_the_recipients_that_are_wrong(clan: Repository) -> None:
    bob = make_key(clan.home / "bob.txt")
    write_key(clan.root / "sops" / "users" / "bob", bob, old_form=False)
    folder = clan.root / "vars" / "per-machine" / "web" / "app" / "token"
    link(folder / "users" / "bob", "../../../../../../sops/users/bob")
    clan.git("add", "--all")
    clan.git("commit", "--quiet", "--message=bob")
    assert "bob" in clan.fails("vars", "check", code=1)
    before = json.loads((folder / "secret").read_text())
    clan.vmcred("vars", "fix")
    after = json.loads((folder / "secret").read_text())
    assert {entry["recipient"] for entry in after["sops"]["age"]} == {*(e["recipient"] for e in before["sops"]["age"]), bob}
    assert after["data"] == before["data"] and after["sops"]["mac"] == before["sops"]["mac"]
    assert clan.is_clean() and clan.commits()[0] == "secrets: fix vars for web"
    assert clan.get("web", "app/token") == VALUE
    clan.vmcred("vars", "check")


def test_a_rotated_secret_is_read_by_sops_and_by_the_machine(clan: Repository) -> None:
    clan.vmcred("vars", "rotate", "guest")
    file = clan.root / "vars" / "per-machine" / "web" / "app" / "token" / "secret"
    as_machine = {**clan.environment, "SOPS_AGE_KEY_FILE": str(clan.home / "web.txt")}
    assert output(sops_program(), "decrypt", file, env=as_machine) == b"new"
    assert not file.read_bytes().endswith(b"\n") and file.read_bytes().startswith(b'{\n\t"data": "ENC[')
    assert os.readlink(file.parent / "machines" / "web") == "../../../../../../sops/machines/web"
    assert clan.is_clean()
    clan.vmcred("vars", "rotate", "guest", "--rollback")
    assert clan.get("web", "app/token") == VALUE


def test_a_change_by_sops_is_seen(clan: Repository) -> None:
    file = clan.root / "vars" / "per-machine" / "web" / "app" / "token" / "secret"
    clan_encrypt(clan, file, b"by hand", [output("age-keygen", "-y", clan.key_file).decode().strip()])
    assert clan.get("web", "app/token") == b"by hand"
    assert "machine web" in clan.fails("vars", "check", code=1)
