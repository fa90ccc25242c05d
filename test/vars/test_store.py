# SPDX-License-Identifier: Apache-2.0
"""The whole program on a store: made, read, checked, shared, fixed (R58-R84, R97-R104)."""

import json
import os
from pathlib import Path

import pytest
from fetched_tools import sops_program
from repository import SECRETS_OF_CONFIG, Repository, make_key, output, run


def test_an_empty_folder_becomes_a_store_in_two_commands(empty: Repository) -> None:
    assert "per-machine/web/app" in empty.fails("vars", "check", code=1)
    empty.vmcred("vars", "generate")
    assert empty.vmcred("vars", "check") == b"all vars are there and right\n"
    assert empty.get("web", "app/token").startswith(b"token-")
    assert empty.get("web", "derived/copy") == b"copy of " + empty.get("web", "app/token")
    assert len(empty.get("web", "session-key/session-key")) == 44
    assert empty.get("db", "app/token") != empty.get("web", "app/token")


def test_one_run_is_one_commit_and_a_second_run_changes_nothing(empty: Repository) -> None:
    before = len(empty.commits())
    empty.vmcred("vars", "generate")
    assert len(empty.commits()) == before + 1
    assert empty.is_clean()
    assert empty.vmcred("vars", "generate") == b"all vars are there\n"
    assert len(empty.commits()) == before + 1


def test_a_store_needs_no_git(make) -> None:
    repository = make(git=False)
    repository.vmcred("vars", "generate")
    repository.vmcred("vars", "check")
    assert not (repository.root / ".vmcred-journal").exists()


def test_the_real_sops_reads_every_secret(full: Repository) -> None:
    sops = sops_program()
    files = full.secret_files()
    assert len(files) == SECRETS_OF_CONFIG
    for file in files:
        generator, name = file.parts[-3], file.parts[-2]
        machine = file.parts[-4]
        assert output(sops, "decrypt", file, env=full.environment) == full.get(machine, f"{generator}/{name}")


def test_secrets_are_in_no_output_and_in_no_file(full: Repository) -> None:
    values = [value for name, value in full.values().items() if not name.endswith("/name")]
    full.vmcred("vars", "rotate", "web")
    shown = b""
    for words in (["list"], ["list", "--json"], ["check"], ["fix"], ["generate", "-r", "--dry-run"], ["rotate", "web"]):
        done = full.run("vars", *words)
        assert done.returncode == 0, done.stderr
        shown += done.stdout + done.stderr
    values += [value for name, value in full.values().items() if not name.endswith("/name")]
    stored = b"".join(path.read_bytes() for path in full.root.rglob("*") if path.is_file() and ".git" not in path.parts)
    stored += full.git("log", "--patch", "--all", "--text").encode()
    for value in values:
        assert value not in shown
        assert value not in stored


def test_check_changes_nothing(full: Repository) -> None:
    def state() -> dict[Path, int]:
        return {path: path.lstat().st_mtime_ns for path in full.root.rglob("*") if ".git" not in path.parts}

    before = state()
    full.vmcred("vars", "check")
    full.vmcred("vars", "list")
    assert state() == before


def test_a_second_admin_takes_one_command(full: Repository) -> None:
    key = full.home / "bob.txt"
    recipient = make_key(key)
    full.vmcred("vars", "users", "add", "bob", recipient)
    assert full.is_clean()
    full.vmcred("vars", "check")
    environment = {**full.environment, "SOPS_AGE_KEY_FILE": str(key)}
    assert run(*full.command("vars", "get", "web", "app/token"), env=environment).stdout == full.get("web", "app/token")
    full.vmcred("vars", "rotate", "web")
    assert run(*full.command("vars", "get", "web", "app/token"), env=environment).stdout == full.get("web", "app/token")


def test_who_is_removed_reads_nothing_that_is_made_afterwards(full: Repository) -> None:
    key = full.home / "bob.txt"
    recipient = make_key(key)
    full.vmcred("vars", "users", "add", "bob", recipient)
    before = full.values()
    full.vmcred("vars", "users", "remove", "bob")
    for file in full.secret_files():
        assert recipient not in full.recipients(file)
    environment = {**full.environment, "SOPS_AGE_KEY_FILE": str(key)}
    assert run(*full.command("vars", "get", "web", "app/token"), env=environment).returncode != 0
    assert full.values() == before
    full.vmcred("vars", "check")


@pytest.mark.parametrize("option", ["--rotate-data-key", "--rotate-values"])
def test_fix_gives_what_a_stranger_could_read_a_new_key_or_value(full: Repository, option: str) -> None:
    stranger = make_key(full.home / "stranger.txt")
    file = full.root / "vars" / "per-machine" / "web" / "app" / "token" / "secret"
    recipients = sorted({*full.recipients(file), stranger})
    file.write_text(sops_encrypted(full, full.get("web", "app/token"), recipients))
    before = full.values()
    assert stranger in full.fails("vars", "check", code=1)
    full.vmcred("vars", "fix", "web", option, timeout=60)
    after = full.values()
    assert stranger not in full.recipients(file)
    changed = {name for name in before if before[name] != after[name]}
    renewed = {"per-machine/web/app/token", "per-machine/web/derived/copy"}
    assert changed == (renewed if option == "--rotate-values" else set())
    full.vmcred("vars", "check")
    assert full.is_clean()


def sops_encrypted(repository: Repository, value: bytes, recipients: list[str]) -> str:
    """A value as a SOPS file of somebody else's making."""
    command = [sops_program(), "encrypt", "--age", ",".join(recipients), "--input-type", "binary", "/dev/stdin"]
    return output(*command, input=value, env=repository.environment).decode().rstrip("\n")


def test_restart_restarts_what_runs_and_nothing_else(full: Repository) -> None:
    programs = full.home / "bin"
    programs.mkdir()
    calls = full.home / "calls"
    systemctl = programs / "systemctl"
    systemctl.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n[ "$1" != is-active ] || [ "$3" = microvm@web.service ]\n')
    systemctl.chmod(0o755)
    environment = {**full.environment, "PATH": f"{programs}:{full.environment['PATH']}"}
    run(*full.command("vars", "rotate", "web", "--restart"), env=environment)
    assert calls.read_text().splitlines()[-1] == "restart microvm@web.service"
    calls.unlink()
    run(*full.command("vars", "rotate", "db", "--restart"), env=environment)
    assert "restart" not in calls.read_text().split()


def test_each_machine_reads_its_own_secrets_alone(full: Repository) -> None:
    machines = {name: key_of(full, name) for name in ("web", "db")}
    assert machines["web"] != machines["db"]
    for file in full.secret_files():
        owner = file.parts[-4]
        other = {"web": "db", "db": "web"}[owner]
        assert machines[owner] in full.recipients(file)
        assert machines[other] not in full.recipients(file)


def key_of(repository: Repository, machine: str) -> str:
    return json.loads((repository.root / "sops" / "machines" / machine / "key.json").read_text())[0]["publickey"]


def test_set_keeps_any_bytes_and_tells_dependents(full: Repository) -> None:
    value = bytes(range(256)) * 3
    full.vmcred("vars", "set", "web", "app/token", input=value)
    assert full.get("web", "app/token") == value
    assert full.is_clean()
    errors = full.fails("vars", "check", code=1)
    assert "derived" in errors
    full.vmcred("vars", "generate")
    assert full.get("web", "derived/copy") == b"copy of " + value
    full.vmcred("vars", "check")


def test_setting_the_same_value_again_changes_nothing(full: Repository) -> None:
    value = full.get("web", "app/token")
    before = full.commits()
    full.vmcred("vars", "set", "web", "app/token", input=value)
    assert full.commits() == before


def test_an_empty_value_is_refused(full: Repository) -> None:
    before = full.get("web", "app/token")
    assert "empty" in full.fails("vars", "set", "web", "app/token", code=1, input=b"")
    assert full.get("web", "app/token") == before


@pytest.mark.parametrize("words", [("generate", "wbe"), ("check", "wbe"), ("fix", "wbe"), ("list", "wbe"), ("rotate", "wbe")])
def test_an_unknown_machine_is_an_error_with_a_suggestion(full: Repository, words: tuple[str, ...]) -> None:
    errors = full.fails("vars", *words, code=3)
    assert "'wbe'" in errors and "'web'" in errors


def test_an_unknown_var_is_an_error_with_a_suggestion(full: Repository) -> None:
    assert "app/token" in full.fails("vars", "get", "web", "app/tokn", code=3)


def test_rotate_makes_new_values_and_rollback_takes_them_back(full: Repository) -> None:
    before = full.values()
    shown = full.vmcred("vars", "rotate", "web", "token").decode()
    rotated = full.values()
    assert rotated["per-machine/web/app/token"] != before["per-machine/web/app/token"]
    assert rotated["per-machine/web/derived/copy"] == b"copy of " + rotated["per-machine/web/app/token"]
    assert rotated["per-machine/db/app/token"] == before["per-machine/db/app/token"]
    assert rotated["per-machine/web/session-key/session-key"] == before["per-machine/web/session-key/session-key"]
    assert "restart needed: vm 'web'" in shown and "'db'" not in shown
    full.vmcred("vars", "rotate", "web", "token", "--rollback")
    assert full.values() == before
    assert full.is_clean()
    full.vmcred("vars", "check")
    full.vmcred("vars", "rotate", "web", "token", "--rollback")
    assert full.values() == rotated


def test_a_dry_run_changes_nothing(full: Repository) -> None:
    full.vmcred("vars", "users", "add", "bob", make_key(full.home / "bob.txt"))
    before, commits = full.values(), full.commits()
    for words in (["generate", "-r"], ["rotate", "web"], ["fix"], ["prune"], ["users", "remove", "bob"]):
        full.vmcred("vars", *words, "--dry-run")
        assert full.is_clean()
    assert full.values() == before and full.commits() == commits


def test_export_and_import_carry_every_byte_into_another_store(full: Repository, make, tmp_path: Path) -> None:
    full.vmcred("vars", "set", "web", "app/token", input=bytes(range(256)))
    full.vmcred("vars", "generate")
    dump = Path("/dev/shm") / f"vmcred-test-{os.getpid()}"
    try:
        full.vmcred("vars", "export", dump)
        assert (dump.stat().st_mode & 0o777, (dump / "per-machine/web/app/token").stat().st_mode & 0o777) == (0o700, 0o600)
        other = make('[store]\nbackend = "age"\n' + AGE_RECIPIENTS.format(admin_recipient(full)) + config_of(full))
        other.key_file.write_bytes(full.key_file.read_bytes())
        other.vmcred("vars", "import", dump)
        assert other.values() == full.values()
        assert other.vmcred("vars", "generate") == b"all vars are there\n"
    finally:
        output("rm", "-rf", dump)


AGE_RECIPIENTS = 'age_recipients = ["{}"]\n'


def config_of(repository: Repository) -> str:
    return (repository.root / "vmcred.toml").read_text()


def admin_recipient(repository: Repository) -> str:
    return output("age-keygen", "-y", repository.key_file).decode().strip()


def test_an_export_to_a_disk_is_refused(full: Repository, tmp_path: Path) -> None:
    if output("stat", "-f", "-c", "%T", tmp_path).strip() in (b"tmpfs", b"ramfs"):
        pytest.skip("this machine's temporary folder is in memory")
    assert "disk" in full.fails("vars", "export", tmp_path / "dump", code=5)
    assert not (tmp_path / "dump").exists()


def test_prune_removes_what_nothing_declares(full: Repository) -> None:
    config = config_of(full).replace('secrets.session-key = { random = "base64:32" }\n', "")
    (full.root / "vmcred.toml").write_text(config)
    full.git("commit", "--quiet", "--all", "--message=less")
    assert b"session-key" in full.vmcred("vars", "prune", "--dry-run")
    assert (full.root / "vars/per-machine/web/session-key").exists()
    full.vmcred("vars", "prune")
    assert not (full.root / "vars/per-machine/web/session-key").exists()
    assert full.is_clean()
    full.vmcred("vars", "check")


def test_a_vm_starts_with_secrets_from_the_store(full: Repository) -> None:
    (full.root / "vmlinuz").touch()
    shown = full.run("vm", "run", "web", "--dry-run", "--json")
    if shown.returncode == 4 and b"qemu" in shown.stderr:
        pytest.skip("QEMU is absent")
    assert shown.returncode == 0, shown.stderr
    assert b"SESSION_KEY" in shown.stdout and full.get("web", "app/token") not in shown.stdout


def test_a_vm_whose_secret_is_not_there_yet_does_not_start(empty: Repository) -> None:
    (empty.root / "vmlinuz").touch()
    errors = empty.fails("vm", "run", "web", "--dry-run", code=1)
    assert "vm 'web': secret 'token': not in the store yet" in errors
    assert "vmcred: hint: 'vmcred vars generate web' makes it" in errors
