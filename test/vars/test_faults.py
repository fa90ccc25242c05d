# SPDX-License-Identifier: Apache-2.0
"""Without room, without a right to write, two at once: the store is the old one or the new one."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kills import remains
from repository import Repository, output, run


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
