# SPDX-License-Identifier: Apache-2.0
"""How `vmcred age` takes its words, where it writes, and what it leaves behind where it fails."""

import os
import stat
import subprocess
from pathlib import Path

import pytest
from terminal import run_at_terminal

VMCRED = str(Path(os.environ["VMCRED_BIN"]).resolve())
SECRET = b"the plaintext that must not be left behind"
CREDENTIAL, USAGE, CONFIG, HOST, REFUSED = 1, 2, 3, 4, 5


def run(*words: str | Path, stdin: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    """Runs `vmcred age`."""
    return subprocess.run([VMCRED, "age", *words], input=stdin, capture_output=True, timeout=60, check=False, cwd=cwd)


def succeed(*words: str | Path, stdin: bytes = b"") -> bytes:
    """The output of a command that must succeed."""
    done = run(*words, stdin=stdin)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def mode_of(path: Path) -> int:
    """The permission bits."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """An identity file."""
    succeed("keygen", "-o", tmp_path / "key")
    return tmp_path / "key"


@pytest.fixture
def recipient(key: Path) -> str:
    """The recipient of `key`."""
    return succeed("keygen", "--convert", key).decode().strip()


@pytest.fixture
def file(tmp_path: Path, recipient: str) -> Path:
    """SECRET, encrypted to `recipient`."""
    path = tmp_path / "file.age"
    succeed("encrypt", "-r", recipient, "-o", path, stdin=SECRET)
    return path


def test_keygen_writes_a_private_file_once(tmp_path: Path) -> None:
    """An existing key is never overwritten."""
    path = tmp_path / "key"
    done = run("keygen", "-o", path)
    assert done.returncode == 0
    assert done.stdout == b""
    assert done.stderr.startswith(b"Public key: age1")
    assert mode_of(path) == 0o600
    lines = path.read_text().splitlines()
    assert [line.split(":")[0] for line in lines[:2]] == ["# created", "# public key"]
    assert lines[2].startswith("AGE-SECRET-KEY-1")
    again = run("keygen", "-o", path)
    assert again.returncode == REFUSED
    assert path.read_text().splitlines() == lines
    assert os.listdir(tmp_path) == ["key"]


def test_keygen_prints_and_warns(tmp_path: Path) -> None:
    """On standard output the key is the user's to protect."""
    assert b"AGE-SECRET-KEY-1" in succeed("keygen")
    target = tmp_path / "open"
    with target.open("wb") as stream:
        target.chmod(0o644)
        done = subprocess.run([VMCRED, "age", "keygen"], stdout=stream, stderr=subprocess.PIPE, check=True)
    assert b"warning" in done.stderr


def test_post_quantum_keys(tmp_path: Path, pq_key: Path, recipient: str) -> None:
    """--pq makes one; it converts, opens what it should, and shares no file with another kind."""
    assert mode_of(pq_key) == 0o600
    pq_recipient = succeed("keygen", "-y", pq_key).decode().strip()
    lines = pq_key.read_text().splitlines()
    assert lines[1] == f"# public key: {pq_recipient}"
    assert pq_recipient.startswith("age1pq1")
    assert lines[2].startswith("AGE-SECRET-KEY-PQ-1")
    (tmp_path / "team").write_text(pq_recipient + "\n")
    for words in (["-r", pq_recipient], ["-a", "-R", tmp_path / "team"], ["-i", pq_key]):
        assert succeed("decrypt", "-i", pq_key, stdin=succeed("encrypt", *words, stdin=SECRET)) == SECRET
    for words in (["-r", pq_recipient, "-r", recipient], ["-r", recipient, "-r", pq_recipient]):
        done = run("encrypt", *words, stdin=SECRET)
        assert (done.returncode, b"can't share a file" in done.stderr) == (CONFIG, True), done.stderr.decode()
        assert done.stdout == b""


def test_post_quantum_keys_are_named_where_openssl_is_too_old(tmp_path: Path) -> None:
    """Every use of one says what it needs; where nothing is lacking, what is wrong with it."""
    (tmp_path / "key").write_text("AGE-SECRET-KEY-PQ-1HIDDEN\n")
    lacks = run("keygen", "--pq").returncode == HOST
    for words in (["encrypt", "-r", "age1pq1qqqq"], ["decrypt", "-i", tmp_path / "key"]):
        done = run(*words, stdin=SECRET)
        assert done.returncode == (HOST if lacks else CONFIG)
        assert (b"need OpenSSL 3.5" in done.stderr) == lacks, done.stderr.decode()
        assert b"HIDDEN" not in done.stderr


def test_pipes_and_dashes(key: Path, recipient: str) -> None:
    """Without names, and with '-', it is standard input and output."""
    for words in ([], ["-"], ["-o", "-"], ["-o", "-", "-"]):
        encrypted = succeed("encrypt", "-r", recipient, *words, stdin=SECRET)
        assert succeed("decrypt", "-i", key, *words, stdin=encrypted) == SECRET


def test_all_ways_to_name_recipients(tmp_path: Path, key: Path, recipient: str) -> None:
    """-r, -R and -i, several of each, long and short."""
    (tmp_path / "team").write_text(f"# team\n{recipient}\n")
    for words in (
        ["-r", recipient],
        [f"--recipient={recipient}", "--recipient", recipient],
        ["-R", tmp_path / "team"],
        ["--recipients-file", tmp_path / "team", "-r", recipient],
        ["-i", key],
        ["--identity", key, "-R", tmp_path / "team"],
    ):
        assert succeed("decrypt", "-i", key, stdin=succeed("encrypt", *words, stdin=SECRET)) == SECRET


def test_armor_is_text(key: Path, recipient: str) -> None:
    """With -a and --armor."""
    for option in ("-a", "--armor"):
        text = succeed("encrypt", option, "-r", recipient, stdin=SECRET)
        assert text.startswith(b"-----BEGIN AGE ENCRYPTED FILE-----\n")
        assert succeed("decrypt", "-i", key, stdin=text) == SECRET


def test_modes_of_results(tmp_path: Path, key: Path, recipient: str) -> None:
    """Ciphertext is for everyone that the umask lets; plaintext is for its owner."""
    plain, encrypted = tmp_path / "plain", tmp_path / "encrypted"
    plain.write_bytes(SECRET)
    script = f'umask 022; exec "{VMCRED}" age encrypt -r {recipient} -o "{encrypted}" "{plain}"'
    subprocess.run(["sh", "-c", script], check=True)
    assert mode_of(encrypted) == 0o644
    plain.chmod(0o644)
    succeed("decrypt", "-i", key, "-o", plain, encrypted)
    assert mode_of(plain) == 0o600


def test_failure_leaves_nothing_behind(tmp_path: Path, key: Path, file: Path) -> None:
    """Neither the result nor a temporary file, where a chunk is damaged or the identity is another one."""
    big = tmp_path / "big.age"
    succeed("encrypt", "-i", key, "-o", big, stdin=SECRET * 10_000)
    big.write_bytes(big.read_bytes()[:-1] + b"x")
    succeed("keygen", "-o", tmp_path / "other")
    before = sorted(os.listdir(tmp_path))
    assert run("decrypt", "-i", key, "-o", tmp_path / "result", big).returncode == CREDENTIAL
    assert run("decrypt", "-i", tmp_path / "other", "-o", tmp_path / "result", file).returncode == CREDENTIAL
    assert sorted(os.listdir(tmp_path)) == before


def test_failure_keeps_the_old_file(tmp_path: Path, key: Path, file: Path) -> None:
    """The result takes its place only when it is whole."""
    result = tmp_path / "result"
    result.write_bytes(b"old")
    damaged = tmp_path / "damaged"
    damaged.write_bytes(file.read_bytes()[:-1])
    assert run("decrypt", "-i", key, "-o", result, damaged).returncode == CREDENTIAL
    assert result.read_bytes() == b"old"
    succeed("decrypt", "-i", key, "-o", result, file)
    assert result.read_bytes() == SECRET


def test_links_stay_and_devices_are_written_to(tmp_path: Path, key: Path, file: Path) -> None:
    """-o replaces what a link leads to, and never a device."""
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to("target")
    succeed("decrypt", "-i", key, "-o", tmp_path / "link", file)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == SECRET
    succeed("decrypt", "-i", key, "-o", "/dev/null", file)
    assert Path("/dev/null").is_char_device()


@pytest.mark.parametrize(
    ("words", "status", "text"),
    [
        (["encrypt"], USAGE, "nobody to encrypt to"),
        (["encrypt", "-p", "-r", "age1x"], USAGE, "can't be combined"),
        (["encrypt", "-r", "age1x"], CONFIG, "recipient 'age1x'"),
        (["encrypt", "-r", "AGE-SECRET-KEY-1HIDDEN"], CONFIG, "secret key"),
        (["encrypt", "-R", "-"], USAGE, "standard input"),
        (["encrypt", "-R", "absent"], HOST, "absent"),
        (["decrypt", "-i", "-"], USAGE, "standard input"),
        (["decrypt", "-i", "absent"], HOST, "absent"),
        (["encrypt", "-r", "x", "one", "two"], USAGE, "two"),
        (["keygen", "input"], USAGE, "needs no input"),
        (["keygen", "--pq", "-y", "input"], USAGE, "can't be combined"),
        (["keygen", "-y", "absent"], HOST, "absent"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, words: list[str], status: int, text: str) -> None:
    """Each has its exit code and its sentence, and no secret in it."""
    done = run(*words, cwd=tmp_path)
    assert (done.returncode, text in done.stderr.decode()) == (status, True), done.stderr.decode()
    assert b"HIDDEN" not in done.stderr
    assert done.stdout == b""


def test_what_is_wrong_with_a_file_is_told(key: Path, file: Path) -> None:
    """No match, a changed header, a damaged payload, no age file at all."""
    data = file.read_bytes()
    body = data.index(b"\n---")
    other = succeed("keygen")
    cases = {
        "none of the identities opens": (other, data),
        "header has been changed": (key.read_bytes(), data[: body + 6] + b"A" * 42 + data[body + 48 :]),
        "damaged or cut off": (key.read_bytes(), data[:-1]),
        "not an age file": (key.read_bytes(), b"some text"),
        "not a valid armored age file": (key.read_bytes(), b"-----BEGIN AGE ENCRYPTED FILE-----\n"),
    }
    for sentence, (identity, contents) in cases.items():
        read, write = os.pipe()
        os.write(write, identity)
        os.close(write)
        words = [VMCRED, "age", "decrypt", "-i", f"/dev/fd/{read}"]
        done = subprocess.run(words, input=contents, capture_output=True, pass_fds=[read], check=False)
        os.close(read)
        assert (done.returncode, sentence in done.stderr.decode()) == (CREDENTIAL, True), done.stderr.decode()


def test_passphrases(tmp_path: Path, key: Path) -> None:
    """From a file; typed twice for a new one; a wrong one opens nothing."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse\n")
    encrypted = tmp_path / "encrypted"
    words = [VMCRED, "age", "encrypt", "-p", "-o", str(encrypted), str(key)]
    status, shown = run_at_terminal(words, [("new passphrase", "correct horse"), ("again", "correct horse")])
    assert status == 0, shown
    assert "horse" not in shown
    assert succeed("decrypt", "--passphrase-file", passphrase, encrypted) == key.read_bytes()
    passphrase.write_text("wrong\n")
    done = run("decrypt", "--passphrase-file", passphrase, encrypted)
    assert (done.returncode, b"passphrase" in done.stderr) == (CREDENTIAL, True)
    status, shown = run_at_terminal(words, [("new passphrase", "one"), ("again", "two")])
    assert status == USAGE


def test_locked_identity_file(tmp_path: Path, key: Path, file: Path) -> None:
    """Its passphrase is asked for at the terminal."""
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse\n")
    locked = tmp_path / "locked"
    succeed("encrypt", "-a", "--passphrase-file", passphrase, "-o", locked, key)
    words = [VMCRED, "age", "decrypt", "-i", str(locked), "-o", str(tmp_path / "result"), str(file)]
    status, shown = run_at_terminal(words, [("identity file", "correct horse")])
    assert status == 0, shown
    assert (tmp_path / "result").read_bytes() == SECRET


def test_terminals_get_no_binary_output(tmp_path: Path, recipient: str) -> None:
    """Unless they are asked for it."""
    plain = tmp_path / "plain"
    plain.write_bytes(SECRET)
    words = [VMCRED, "age", "encrypt", "-r", recipient]
    status, shown = run_at_terminal([*words, str(plain)], [])
    assert (status, "not printing" in shown) == (USAGE, True)
    status, shown = run_at_terminal([*words, "-a", str(plain)], [])
    assert (status, "END AGE ENCRYPTED FILE" in shown) == (0, True)
    status, shown = run_at_terminal([*words, "-o", "-", str(plain)], [])
    assert (status, "age-encryption.org/v1" in shown) == (0, True)
