# SPDX-License-Identifier: Apache-2.0
"""Killed anywhere, without room, without a right to write, two at once: the store is the old one or the new one."""

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from repository import SECRETS_OF_CONFIG, Repository, make_key, output, run

KILLS = 12


def seeded() -> random.Random:
    """A source of delays; its seed is printed, and taken from $VMCRED_SEED."""
    seed = int(os.environ.get("VMCRED_SEED", random.SystemRandom().randrange(1 << 32)))
    print(f"VMCRED_SEED={seed}")
    return random.Random(seed)


def seconds_of(job: Callable[[], object]) -> float:
    start = time.monotonic()
    job()
    return time.monotonic() - start


def kill_after(repository: Repository, seconds: float, *words: str, value: bytes = b"") -> None:
    """Starts a command with this on its input, and kills it and all its children after this time."""
    process = subprocess.Popen(
        repository.command(*words), env=repository.environment, start_new_session=True, stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=repository.root,
    )
    process.stdin.write(value)
    process.stdin.close()
    time.sleep(seconds)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def remains(repository: Repository) -> list[Path]:
    return list(repository.root.glob(".vmcred-journal*"))


def test_generate_killed_at_any_time_leaves_all_or_nothing(make: Callable[..., Repository]) -> None:
    rng = seeded()
    first, repository = make(), make()
    usual = seconds_of(lambda: first.vmcred("vars", "generate"))
    for _ in range(KILLS):
        kill_after(repository, rng.uniform(0, usual), "vars", "generate", "-r")
        values = repository.values()
        assert len(values) in (0, SECRETS_OF_CONFIG + 2)  # with the two names, which are open
        if values:
            assert values["per-machine/web/derived/copy"] == b"copy of " + values["per-machine/web/app/token"]
    repository.vmcred("vars", "generate")
    repository.vmcred("vars", "check")
    assert repository.is_clean() and not remains(repository)
    repository.git("fsck", "--strict")


def recipient_of_bob(repository: Repository) -> str:
    return json.loads((repository.root / "sops" / "users" / "bob" / "key.json").read_text())[0]["publickey"]


@pytest.mark.parametrize("change", ["rotate", "set", "users add"])
def test_a_change_killed_at_any_time_is_whole_after_the_same_command(full: Repository, change: str) -> None:
    def command(number: int) -> list[str]:
        if change == "rotate":
            return ["vars", "rotate", "web"]
        if change == "set":
            return ["vars", "set", "web", "app/token"]
        return ["vars", "users", "add", "bob", make_key(full.home / f"bob{number}.txt"), "--force"]

    rng = seeded()
    words = command(KILLS)
    usual = seconds_of(lambda: full.vmcred(*words, input=b"first"))
    full.vmcred("vars", "generate")
    for number in range(KILLS):
        words = command(number)
        kill_after(full, rng.uniform(0, usual), *words, value=b"value %d" % number)
        token, copy = full.get("web", "app/token"), full.get("web", "derived/copy")
        assert change == "set" or copy == b"copy of " + token
        if change == "users add":
            bob = recipient_of_bob(full)
            assert all(bob in full.recipients(file) for file in full.secret_files())
    full.vmcred(*words, input=b"last")
    full.vmcred("vars", "generate")
    full.vmcred("vars", "check")
    assert full.get("web", "derived/copy") == b"copy of " + full.get("web", "app/token")
    assert full.is_clean() and not remains(full)


def test_two_at_once_both_succeed(full: Repository) -> None:
    commands = [("vars", "rotate", "web"), ("vars", "rotate", "db"), ("vars", "fix")] * 2
    running = [
        subprocess.Popen(full.command(*words), env=full.environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
        for words in commands
    ]
    for process in running:
        errors = process.communicate(timeout=120)[1]
        assert process.returncode == 0, errors.decode(errors="replace")
    full.vmcred("vars", "check")
    assert full.is_clean() and not remains(full)


@contextmanager
def mounted(repository: Repository, size: str) -> Iterator[None]:
    """The repository on a file system of its own."""
    if os.geteuid() != 0:
        pytest.skip("mounting needs root")
    aside = repository.root.with_name("aside")
    output("cp", "-a", repository.root, aside)
    output("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", repository.root)
    try:
        output("cp", "-a", f"{aside}/.", repository.root)
        yield
    finally:
        output("umount", repository.root)


def used_kib(path: Path) -> int:
    return int(output("du", "-sk", path).split()[0])


@pytest.mark.parametrize("spare_kib", [0, 8, 24, 64, 128])
def test_a_full_disk_changes_nothing(full: Repository, spare_kib: int) -> None:
    with mounted(full, f"{used_kib(full.root) + 64}k"):
        before = full.values()
        fill(full.root / ".git" / "ballast", spare_kib)
        done = full.run("vars", "rotate", "web")
        (full.root / ".git" / "ballast").unlink()
        if done.returncode != 0:
            assert b"no space left" in done.stderr.lower(), done.stderr
        after = full.values()
        assert after == before or after["per-machine/web/app/token"] != before["per-machine/web/app/token"]
        assert after["per-machine/web/derived/copy"] == b"copy of " + after["per-machine/web/app/token"]
        full.vmcred("vars", "rotate", "web")
        full.vmcred("vars", "check")


def fill(path: Path, spare_kib: int) -> None:
    """A file that leaves this much room."""
    facts = os.statvfs(path.parent)
    free = facts.f_bavail * facts.f_frsize - spare_kib * 1024
    path.write_bytes(b"\0" * max(0, free))


def test_a_read_only_store_can_be_read_and_says_why_it_cannot_be_changed(full: Repository) -> None:
    with mounted(full, "16m"):
        output("mount", "-o", "remount,ro", full.root)
        assert full.get("web", "app/token").startswith(b"token-")
        full.vmcred("vars", "check")
        assert "read-only file system" in full.fails("vars", "rotate", "web", code=4).lower()


def test_a_secret_that_was_tampered_with_is_refused(full: Repository) -> None:
    file = full.root / "vars/per-machine/web/app/token/secret"
    text = file.read_text()
    start = text.index("data:") + 5
    changed = "A" if text[start] != "A" else "B"
    file.write_text(text[:start] + changed + text[start + 1 :])
    errors = full.fails("vars", "get", "web", "app/token", code=1)
    assert "app/token" in errors


def test_without_a_key_the_error_names_what_was_tried(full: Repository) -> None:
    environment = {**full.environment, "SOPS_AGE_KEY_FILE": str(full.home / "nothing.txt")}
    done = run(*full.command("vars", "get", "web", "app/token"), env=environment)
    assert done.returncode == 1
    assert b"nothing.txt" in done.stderr
