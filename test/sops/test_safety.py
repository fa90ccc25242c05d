# SPDX-License-Identifier: Apache-2.0
"""Nothing half-written, nothing tampered with unseen, no plaintext left behind."""

import os
import random
import signal
import subprocess
import time

import pytest

from conftest import VMCRED

CANARY = "canary-5f0c9a"


def encrypted_file(bench, name: str, text: str) -> bytes:
    """On disk, for alice."""
    bench.write(name, text)
    encrypted = bench.output_of(bench.ours, "encrypt", "--age", bench.recipients("alice"), name)
    bench.write(name, encrypted)
    return encrypted


def test_each_byte_of_a_yaml_file_counts(bench) -> None:
    """Changed in any byte, the file decrypts to the same values or not at all."""
    text = "# c\na: one\nb:\n    - 2\n    - x: true\n"
    encrypted = encrypted_file(bench, "x.yaml", text)
    values_end = encrypted.index(b"sops:\n")
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    source = random.Random(seed)
    # Every byte of the values and of the seal; of the long data key, a sample.
    mac = encrypted.index(b"    mac: ")
    places = [*range(values_end), *range(mac, encrypted.index(b"\n", mac))]
    places += source.sample(range(values_end, mac), 100)
    for place in places:
        changed = bytearray(encrypted)
        changed[place] ^= 1 << source.randrange(7)
        bench.write("x.yaml", bytes(changed))
        done = bench.ours("decrypt", "x.yaml")
        if done.returncode == 0:
            # Comments have no part in the seal, and keys of open text may be written in other ways.
            lines = [line for line in done.stdout.decode().splitlines() if not line.lstrip().startswith("#")]
            assert lines == text.splitlines()[1:], f"byte {place}"
        else:
            assert done.stdout == b""


@pytest.mark.parametrize("command", ["set", "encrypt", "rotate", "decrypt"])
def test_killed_at_any_moment(bench, command: str) -> None:
    """The file is the old one or the new one."""
    text = "".join(f"key{i}: value{i}\n" for i in range(2000))
    encrypted = encrypted_file(bench, "x.yaml", text)
    words = {
        "set": ["set", "x.yaml", '["key5"]', '"changed"'],
        "encrypt": ["encrypt", "--age", bench.recipients("alice"), "--in-place", "x.yaml"],
        "rotate": ["rotate", "--in-place", "x.yaml"],
        "decrypt": ["decrypt", "--in-place", "x.yaml"],
    }[command]
    before = text.encode() if command == "encrypt" else encrypted
    environment = bench.environment_of()

    def run(patience: float | None) -> int:
        """How it ended; killed when the patience does."""
        bench.write("x.yaml", before)
        process = subprocess.Popen([*VMCRED, *words], cwd=bench.place, env=environment, stderr=subprocess.DEVNULL)
        try:
            return process.wait(patience)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            return process.wait()

    durations = []
    for _ in range(3):
        start = time.monotonic()
        assert run(None) == 0
        durations.append(time.monotonic() - start)
    attempts = 25
    statuses = []
    for attempt in range(attempts):
        statuses.append(run(max(durations) * 1.2 * attempt / (attempts - 1)))
        after = (bench.place / "x.yaml").read_bytes()
        check_leftovers(bench, may_be_plain=command == "decrypt")
        if after == before:
            assert statuses[-1] != 0
        elif command == "decrypt":
            assert after == text.encode()
        else:
            assert bench.output_of(bench.ours, "decrypt", "x.yaml").count(b"\n") == 2000
    assert 0 in statuses
    assert -signal.SIGKILL in statuses


def check_leftovers(bench, may_be_plain: bool) -> None:
    """What a killed command could not remove is encrypted, or closed to others. It is removed."""
    for path in bench.place.glob(".x.yaml.*"):
        if may_be_plain:
            assert path.stat().st_mode & 0o777 == 0o600
        else:
            assert b": value" not in path.read_bytes()
        path.unlink()


def test_a_full_disk_leaves_the_old_file(bench) -> None:
    """And says so: 3."""
    small = bench.place / "small"
    small.mkdir()
    mount = ["unshare", "--mount", "sh", "-euc"]
    script = 'mount -t tmpfs -o size=64k none small; cp x.yaml small/; dd if=/dev/zero of=small/fill bs=1k 2>/dev/null || true; "$@" || status=$?; echo "${status:-0}"; cmp x.yaml small/x.yaml; ls -A small'
    encrypted_file(bench, "x.yaml", "".join(f"key{i}: value{i}\n" for i in range(100)))
    done = bench.run(mount, script, "sh", *VMCRED, "set", "small/x.yaml", '["key5"]', '"changed"')
    if b"unshare" in done.stderr:
        pytest.skip("a file system of our own takes root")
    assert done.stdout.decode().split() == ["3", "fill", "x.yaml"], done.stderr


def test_owner_mode_and_links_stay(bench) -> None:
    """A file that is replaced looks as before; a plain one is closed to others."""
    encrypted_file(bench, "x.yaml", "a: 1\n")
    target = bench.place / "x.yaml"
    target.chmod(0o664)
    (bench.place / "link.yaml").symlink_to("x.yaml")
    bench.output_of(bench.ours, "set", "link.yaml", '["a"]', "2")
    assert (bench.place / "link.yaml").is_symlink()
    assert target.stat().st_mode & 0o777 == 0o664
    if os.geteuid() == 0:
        os.chown(target, 65534, 65534)
        bench.output_of(bench.ours, "set", "x.yaml", '["a"]', "3")
        assert (target.stat().st_uid, target.stat().st_gid) == (65534, 65534)
    bench.output_of(bench.ours, "decrypt", "--output", "plain.yaml", "x.yaml")
    assert (bench.place / "plain.yaml").stat().st_mode & 0o777 == 0o600
    bench.output_of(bench.ours, "decrypt", "--in-place", "x.yaml")
    assert target.stat().st_mode & 0o777 == 0o600


def test_no_plaintext_is_left_on_disk(bench) -> None:
    """After everything that handles it."""
    text = f"a: {CANARY}\nb: 1\n"
    encrypted_file(bench, "x.yaml", text)
    editor = bench.write("editor", '#!/bin/sh\nsed -i "s/b: 1/b: 2/" "$1"\n')
    editor.chmod(0o755)
    env = {"EDITOR": str(editor), "TMPDIR": str(bench.place)}
    bench.output_of(bench.ours, "edit", "x.yaml", env=env)
    bench.output_of(bench.ours, "set", "x.yaml", '["c"]', f'"{CANARY}"', env=env)
    bench.output_of(bench.ours, "rotate", "--in-place", "x.yaml", env=env)
    decrypted = bench.output_of(bench.ours, "decrypt", "x.yaml", env=env)
    assert decrypted == text.replace("b: 1", "b: 2").encode() + f"c: {CANARY}\n".encode()
    words = ("--age", bench.recipients("alice"), "--filename-override", "y.yaml", "--output", "y.yaml")
    bench.output_of(bench.ours, "encrypt", *words, env=env, input=decrypted)
    assert bench.output_of(bench.ours, "decrypt", "y.yaml", env=env) == decrypted
    found = [path for path in bench.place.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert found == []


def test_errors_hold_no_values(bench) -> None:
    """Whatever is wrong with a plain file."""
    for name, text in {
        "x.json": f'{{"a": "{CANARY}", "b" "{CANARY}"}}',
        "x.yaml": f"a: {CANARY}\n{CANARY}\n",
        "y.yaml": f"a: !!int {CANARY}\n",
        "z.yaml": f'a: "{CANARY}\n',
        "x.env": f"{CANARY}\n",
    }.items():
        bench.write(name, text)
        done = bench.ours("encrypt", "--age", bench.recipients("alice"), name)
        assert done.returncode == 2
        assert CANARY.encode() not in done.stdout + done.stderr
