# SPDX-License-Identifier: Apache-2.0
"""`edit`, with editors that are scripts."""

import resource
import signal
import subprocess
import time
from pathlib import Path

import pytest
import yaml

from conftest import VMCRED

TEXT = "# a comment\na: one\nb: # of b\n    c: two\n    d:\n        - x\n        - y\n# the end\n"


@pytest.fixture
def edited(bench):
    """An encrypted file, and what runs an editor on it."""
    bench.write("x.yaml", TEXT)
    bench.write("x.yaml", bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), "x.yaml"))

    def edit(script: str, *words: str, runner=bench.ours):
        editor = bench.write("editor", f"#!/bin/sh -eu\n{script}\n")
        editor.chmod(0o755)
        return runner("edit", *(words or ("x.yaml",)), env={"EDITOR": str(editor)}, stdin=subprocess.DEVNULL)

    return edit


def left_behind() -> list[Path]:
    """Folders of edits that are over."""
    return list(Path("/dev/shm").glob("vmcred-edit-*"))


def test_only_what_was_edited_changes(bench, edited) -> None:
    """On disk, and sops reads it."""
    before = (bench.place / "x.yaml").read_text().splitlines()
    done = edited("sed -i s/two/changed/ \"$1\"")
    assert done.returncode == 0, done.stderr
    after = (bench.place / "x.yaml").read_text().splitlines()
    differing = [new for old, new in zip(before, after, strict=False) if old != new]
    # Within a second, the time stays.
    names = [line.split(":")[0].strip() for line in differing]
    assert [name for name in names if name != "lastmodified"] == ["c", "mac"]
    assert b"c: changed" in bench.output_of(bench.theirs, "decrypt", "x.yaml")


def test_sops_edits_our_file(bench, edited) -> None:
    """And we read what it wrote."""
    before = (bench.place / "x.yaml").read_text().splitlines()
    done = edited("sed -i s/two/changed/ \"$1\"", runner=bench.theirs)
    assert done.returncode == 0, done.stderr
    after = (bench.place / "x.yaml").read_text().splitlines()
    assert [line for line in before if line.startswith("a:")] == [line for line in after if line.startswith("a:")]
    values = yaml.safe_load(bench.output_of(bench.ours, "decrypt", "x.yaml"))
    assert values == {"a": "one", "b": {"c": "changed", "d": ["x", "y"]}}


def test_the_plaintext_is_private_and_goes(bench, edited) -> None:
    """In memory, closed to others, and gone afterwards with the editor's own copies."""
    done = edited(
        'stat -f -c %T "$1" > fs; stat -c %a "$1" "${1%/*}" > modes; cp "$1" "$1~"; printf %s "$1" > path;'
        ' mv "$1" "$1.new"; cp "$1.new" "$1"; echo "z: 1" >> "$1"'
    )
    assert done.returncode == 0, done.stderr
    assert (bench.place / "fs").read_text().strip() in ("tmpfs", "ramfs")
    assert (bench.place / "modes").read_text().split() == ["600", "700"]
    assert (bench.place / "path").read_text().endswith("/x.yaml")
    assert not Path((bench.place / "path").read_text()).exists()
    assert left_behind() == []


def test_an_editor_that_changes_nothing(bench, edited) -> None:
    """200, as sops."""
    before = (bench.place / "x.yaml").stat()
    assert edited("true").returncode == 200
    assert edited("true", runner=bench.theirs).returncode == 200
    assert (bench.place / "x.yaml").stat().st_ino == before.st_ino


def test_a_broken_edit_leaves_the_file(bench, edited) -> None:
    """Without a terminal there is nobody to go back to the editor."""
    before = (bench.place / "x.yaml").read_bytes()
    done = edited('echo "hunter2: [" > "$1"')
    assert done.returncode == 2
    assert b"hunter2" not in done.stderr
    assert (bench.place / "x.yaml").read_bytes() == before
    assert left_behind() == []


def test_an_editor_that_fails_or_is_absent(bench, edited) -> None:
    """201, as sops."""
    before = (bench.place / "x.yaml").read_bytes()
    assert edited('echo "a: 1" > "$1"; exit 1').returncode == 201
    assert bench.ours("edit", "x.yaml", env={"PATH": "/nowhere"}).returncode == 201
    assert (bench.place / "x.yaml").read_bytes() == before


@pytest.mark.parametrize("name", ["new.yaml", "new.json", "new.env", "new.txt"])
def test_a_new_file_begins_with_an_example(bench, edited, name: str) -> None:
    """And is encrypted as .sops.yaml says."""
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice')}\n")
    done = edited("cp \"$1\" example; sed -i 's/your own/other ones/' \"$1\"", name)
    assert done.returncode == 0, done.stderr
    assert b"with your own" in (bench.place / "example").read_bytes()
    assert b"with other ones" in bench.output_of(bench.theirs, "decrypt", name)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_while_editing(bench, edited, how: signal.Signals) -> None:
    """The plaintext goes, the file stays."""
    before = (bench.place / "x.yaml").read_bytes()
    editor = bench.write("editor", '#!/bin/sh -eu\necho "a: 1" > "$1"; touch started; sleep 0.5\n')
    editor.chmod(0o755)
    environment = bench.environment_of(EDITOR=str(editor))
    process = subprocess.Popen([*VMCRED, "edit", "x.yaml"], cwd=bench.place, env=environment, stderr=subprocess.PIPE)
    while not (bench.place / "started").exists():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(how)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert (bench.place / "x.yaml").read_bytes() == before
    assert left_behind() == []


def test_the_process_is_protected(bench, edited) -> None:
    """Without cores, which its editor inherits; new files get the mode that the user's umask says."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice')}\n")
    editor = bench.write(
        "editor", "#!/bin/sh -eu\nulimit -c > cores; cat /proc/self/coredump_filter >> cores; echo 'a: b' > \"$1\"\n"
    )
    editor.chmod(0o755)
    done = bench.ours(
        "edit",
        "new.yaml",
        env={"EDITOR": str(editor)},
        stdin=subprocess.DEVNULL,
        umask=0o027,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (most, most)),
    )
    assert done.returncode == 0, done.stderr
    assert (bench.place / "cores").read_text().split() == ["0", "00000000"]
    assert (bench.place / "new.yaml").stat().st_mode & 0o777 == 0o640


def test_whatever_an_editor_leaves_the_edit_ends(bench, edited) -> None:
    """Nobody reads the pipe."""
    done = edited('mkfifo "$1.pipe"; sed -i s/two/changed/ "$1"')
    assert done.returncode == 0, done.stderr
    assert left_behind() == []


CHANGE_MEANWHILE = "cp {name} copy 2> /dev/null || echo other > copy; mv copy {name}"


@pytest.mark.parametrize("name", ["x.yaml", "new.yaml"])
def test_what_others_wrote_meanwhile_stays(bench, edited, name: str) -> None:
    """Also where the same bytes were written, and where the file is new."""
    bench.write(".sops.yaml", f"creation_rules:\n  - age: {bench.recipients('alice')}\n")
    before = (bench.place / name).read_bytes() if name == "x.yaml" else b"other\n"
    done = edited(CHANGE_MEANWHILE.format(name=name) + '; echo "a: hunter2" > "$1"', name)
    assert done.returncode == 3, done.stderr
    assert b"somebody else" in done.stderr
    assert b"hint: " in done.stderr
    assert b"hunter2" not in done.stderr
    assert (bench.place / name).read_bytes() == before
    assert left_behind() == []


def test_what_cannot_be_saved_goes_back_to_the_editor(bench) -> None:
    """With all that was typed, until it can."""
    bench.write("x.yaml", "a: one\nb: two\n")
    words = ("--age", bench.recipients("alice"), "--unencrypted-comment-regex", "^ENC")
    bench.write("x.yaml", bench.output_of(bench.ours, "encrypt", *words, "x.yaml"))
    before = (bench.place / "x.yaml").read_bytes()
    # Unreadable, then a comment that misleads readers once it is encrypted, then right.
    editor = bench.write(
        "editor",
        '#!/bin/sh -eu\ncat "$1" >> seen; cp x.yaml "on-disk.$(wc -l < runs)"; echo >> runs\n'
        'case $(wc -l < runs) in\n1) echo "[typed" >> "$1";;\n2) sed -i "s/^.typed/# typed/" "$1";;\n'
        '3) sed -i "s/^# typed/typed: yes/" "$1";;\nesac\n',
    )
    editor.chmod(0o755)
    bench.write("runs", "")
    status, shown = bench.at_terminal("edit", "x.yaml", answers=[("gives the changes up", "")] * 2, EDITOR=str(editor))
    assert status == 0, shown
    assert "choose an expression" in shown
    assert (bench.place / "seen").read_text().count("typed") == 2
    assert all((bench.place / f"on-disk.{i}").read_bytes() == before for i in range(3))
    values = yaml.safe_load(bench.output_of(bench.ours, "decrypt", "x.yaml"))
    assert values == {"a": "one", "b": "two", "typed": "yes"}
    after = (bench.place / "x.yaml").read_text().splitlines()
    assert after[:2] == before.decode().splitlines()[:2]
    assert left_behind() == []
