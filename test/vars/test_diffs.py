# SPDX-License-Identifier: Apache-2.0
"""What commands tell of a change: the same in a dry run, which changes nothing and waits for nobody; as data; and never
a secret."""

import base64
import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from repository import CONFIG, Repository, make_key, output

CANARY = b"canary-7d1f"
STALE = "stale: per-machine/web/derived, which was made from other values; 'vmcred vars generate' makes it anew\n"


@pytest.fixture
def dump() -> Iterator[Path]:
    """A folder in memory that is not there yet."""
    folder = Path("/dev/shm") / f"vmcred-diffs-{os.getpid()}"
    try:
        yield folder
    finally:
        output("rm", "-rf", folder)


def shown(repository: Repository, *words: str | Path, **options) -> str:
    """All that a command prints, which no secret is in."""
    done = repository.run("vars", *words, **options)
    assert done.returncode == 0, done.stderr
    assert CANARY not in done.stdout + done.stderr
    return done.stdout.decode()


def test_set_tells_what_it_changes(full: Repository) -> None:
    before = full.values()
    words = ("set", "web", "app/token")
    assert shown(full, *words, "--dry-run", input=CANARY) == "would set per-machine/web/app/token (changed)\n" + STALE
    assert full.values() == before and full.is_clean()
    as_data = json.loads(shown(full, *words, "--dry-run", "--json", input=CANARY))
    assert as_data == {
        "vars": [{"var": "per-machine/web/app/token", "change": "changed", "secret": True, "added": [], "removed": []}],
        "hashes": [],
        "stale": ["per-machine/web/derived"],
    }
    assert shown(full, *words, input=CANARY) == "set per-machine/web/app/token (changed)\n" + STALE
    assert shown(full, *words, input=CANARY) == "nothing to change\n"
    assert full.get("web", "app/token") == CANARY


def test_an_open_value_is_shown_before_and_after(full: Repository) -> None:
    text = shown(full, "set", "web", "app/name", input=b"other")
    assert text == "set per-machine/web/app/name (changed)\n  - app\n  + other\n" + STALE
    as_data = json.loads(shown(full, "set", "web", "app/name", "--json", input=b"third"))
    assert [(var["before"], var["after"]) for var in as_data["vars"]] == [("other", "third")]


def test_a_reader_that_comes_with_a_new_value_is_named(full: Repository) -> None:
    full.vmcred("vars", "groups", "add-user", "admins", "admin")
    text = shown(full, "set", "web", "app/token", input=CANARY)
    assert text == "set per-machine/web/app/token (changed)\n  + group admins\n" + STALE


def test_a_set_value_is_taken_back(full: Repository) -> None:
    before = full.values()
    full.vmcred("vars", "rotate", "web")
    rotated = full.values()
    full.vmcred("vars", "set", "web", "app/token", input=CANARY)
    full.vmcred("vars", "rotate", "web", "token", "--rollback")
    assert full.values() == rotated != before
    full.vmcred("vars", "check")


def test_import_tells_what_it_changes(full: Repository, dump: Path) -> None:
    full.vmcred("vars", "export", dump)
    assert shown(full, "import", dump) == "nothing to change\n"
    (dump / "per-machine/web/app/token").write_bytes(CANARY)
    (dump / "per-machine/web/app/name").write_bytes(b"other")
    before = full.values()
    lines = "{0} per-machine/web/app/token (changed)\n{0} per-machine/web/app/name (changed)\n  - app\n  + other\n"
    would = shown(full, "import", dump, "--dry-run")
    assert sorted(would.splitlines()) == sorted((lines.format("would import") + STALE).splitlines())
    assert full.values() == before and full.is_clean()
    assert shown(full, "import", dump, "--json", "--dry-run") == shown(full, "import", dump, "--json")
    assert full.get("web", "app/token") == CANARY


def test_export_lists_what_it_would_write(full: Repository, dump: Path, tmp_path: Path) -> None:
    text = shown(full, "export", dump, "--dry-run")
    assert not dump.exists()
    as_data = json.loads(shown(full, "export", dump, "--dry-run", "--json"))
    full.vmcred("vars", "export", dump)
    written = sorted(str(path.relative_to(dump)) for path in dump.rglob("*") if path.is_file())
    assert sorted(as_data["files"]) == written and as_data["folder"] == str(dump)
    listed = [line.removeprefix("would write ") for line in text.splitlines()[:-1]]
    assert sorted(listed) == [f"{dump}/{name}" for name in written]
    assert "does not exist yet" in full.fails("vars", "export", dump, "--dry-run", code=4)


def test_a_dry_run_of_an_export_to_a_disk_is_refused_too(full: Repository, tmp_path: Path) -> None:
    if output("stat", "-f", "-c", "%T", tmp_path).strip() in (b"tmpfs", b"ramfs"):
        pytest.skip("this machine's temporary folder is in memory")
    assert "disk" in full.fails("vars", "export", tmp_path / "dump", "--dry-run", code=5)
    full.vmcred("vars", "export", tmp_path / "dump", "--dry-run", "--allow-disk")
    assert not (tmp_path / "dump").exists()


def test_a_value_as_data_is_in_base64(full: Repository) -> None:
    value = bytes(range(256))
    full.vmcred("vars", "set", "web", "app/token", input=value)
    got = json.loads(full.vmcred("vars", "get", "web", "app/token", "--json"))
    assert got == {"var": "per-machine/web/app/token", "secret": True, "value_base64": base64.b64encode(value).decode()}
    assert json.loads(full.vmcred("vars", "get", "web", "app/name", "--json"))["secret"] is False


def test_the_list_as_data_has_what_the_config_says(make) -> None:
    file = 'files.token = { owner = "web", group = "www", mode = "0440", needed_for = "users", restart_units = ["a.service"] }'
    repository = make(CONFIG.replace("files.token = {}", file))
    repository.vmcred("vars", "generate")
    rows = {row["var"]: row for row in json.loads(repository.vmcred("vars", "list", "--json"))}
    token, key = rows["per-machine/web/app/token"], rows["per-machine/web/session-key/session-key"]
    names = ("secret", "deploy", "owner", "group", "mode", "needed_for", "restart_units")
    assert [token[name] for name in names] == [True, True, "web", "www", "0440", "users", ["a.service"]]
    assert [key[name] for name in names] == [True, True, "root", "root", "0400", "services", []]
    assert len(token["version"]) == 32 and "version" not in key


def test_prune_leaves_nothing_of_a_generator(make) -> None:
    repository = make(CONFIG.replace("[generators.derived]", "[generators.derived]\nvalidation = 1"))
    repository.vmcred("vars", "generate")
    folder = repository.root / "vars/per-machine/web/derived"
    assert {".version", ".validation-hash", "copy"} == {path.name for path in folder.iterdir()}
    config = (repository.root / "vmcred.toml").read_text().replace('secrets.copy = { generator = "derived" }\n', "")
    (repository.root / "vmcred.toml").write_text(config)
    repository.git("commit", "--quiet", "--all", "--message=less")
    repository.vmcred("vars", "prune")
    assert not folder.exists() and repository.is_clean()
    assert repository.vmcred("vars", "prune") == b"nothing to remove\n"


@pytest.mark.parametrize(
    "words",
    [
        ["generate", "-r"],
        ["rotate", "web"],
        ["rotate", "web", "--rollback"],
        ["fix"],
        ["prune"],
        ["set", "web", "app/token"],
        ["users", "remove", "bob"],
    ],
    ids=" ".join,
)
def test_a_dry_run_waits_for_nobody(full: Repository, words: list[str]) -> None:
    full.vmcred("vars", "users", "add", "bob", make_key(full.home / "bob.txt"))
    full.vmcred("vars", "rotate", "web")
    before = full.values()
    with (full.root / ".git" / "clan.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        shown(full, *words, "--dry-run", input=CANARY, timeout=20)
    assert full.values() == before and full.is_clean()
