# SPDX-License-Identifier: Apache-2.0
"""What vmcred encrypts is read by other implementations of age, and the other way round.

The others are Debian's age and the npm package age-encryption.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from fetched_tools import node_package
from terminal import run_at_terminal

VMCRED = str(Path(os.environ["VMCRED_BIN"]).resolve())
CHUNK = 64 * 1024
SIZES = [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 1024 * 1024]
PASSPHRASE = "correct horse"

JAVASCRIPT = """
import * as age from "age-encryption";
import {readFileSync, writeFileSync} from "node:fs";
const [task, key, input, output] = process.argv.slice(2);
const bytes = readFileSync(input);
if (task == "keygen-pq") {
  const identity = await age.generateHybridIdentity();
  writeFileSync(output, [identity, await age.identityToRecipient(identity)].join(" "));
} else if (task == "decrypt") {
  const decrypter = new age.Decrypter();
  key.startsWith("AGE-") ? decrypter.addIdentity(key) : decrypter.addPassphrase(key);
  const binary = bytes.subarray(0, 5).toString() == "-----" ? age.armor.decode(bytes.toString()) : bytes;
  writeFileSync(output, await decrypter.decrypt(binary));
} else {
  const encrypter = new age.Encrypter();
  if (key.startsWith("age1")) encrypter.addRecipient(key);
  else { encrypter.setPassphrase(key); encrypter.setScryptWorkFactor(10); }
  const file = await encrypter.encrypt(bytes);
  writeFileSync(output, task == "armor" ? age.armor.encode(file) : file);
}
"""


def vmcred(*words: str | Path, stdin: bytes = b"") -> bytes:
    """What `vmcred age` prints for these words; it must succeed."""
    done = subprocess.run([VMCRED, "age", *words], input=stdin, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def age(*words: str | Path) -> bytes:
    """What Debian's age prints for these words; it must succeed. With -o it makes no file for an empty plaintext."""
    done = subprocess.run(["/usr/bin/age", *words], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Place:
    """A directory with a plaintext, two identities, a passphrase, and the names of what will be made."""

    def __init__(self, directory: Path, plaintext: bytes) -> None:
        self.plain, self.file, self.result = directory / "plain", directory / "file", directory / "result"
        self.plain.write_bytes(plaintext)
        self.keys = [directory / "first", directory / "second"]
        for key in self.keys:
            vmcred("keygen", "-o", key)
        self.recipients = [vmcred("keygen", "-y", key).decode().strip() for key in self.keys]
        self.passphrase = directory / "passphrase"
        self.passphrase.write_text(PASSPHRASE + "\n")

    def secret_key(self) -> str:
        """The first identity's line."""
        return self.keys[0].read_text().splitlines()[-1]

    def check(self) -> None:
        """The result is the plaintext."""
        assert self.result.read_bytes() == self.plain.read_bytes()


@pytest.fixture(params=SIZES, ids=lambda size: f"{size}-bytes")
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A place for each size."""
    return Place(tmp_path, os.urandom(request.param))


@pytest.fixture
def small(tmp_path: Path) -> Place:
    """A place with a short plaintext."""
    return Place(tmp_path, b"a short text\n")


def needs_age() -> None:
    """Skips the test without Debian's age."""
    if not Path("/usr/bin/age").exists():
        pytest.skip("/usr/bin/age is absent: Debian's package age has it")


@pytest.fixture
def typage(tmp_path: Path) -> Path:
    """A script of the npm package age-encryption: TASK KEY INPUT OUTPUT."""
    package = node_package("age-encryption")
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is absent")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.match(r"v(\d+)", version)[1]) < 20:
        pytest.skip(f"age-encryption needs node 20 or later; this is {version.strip()}")
    script = tmp_path / "typage.mjs"
    script.write_text(JAVASCRIPT)
    (tmp_path / "node_modules").symlink_to(package.parent)
    return script


def run_typage(script: Path, *words: str | Path) -> None:
    """Runs the script, which must succeed."""
    done = subprocess.run(["node", script, *words], capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()


AGE_PAUSE = 0.2  # Debian's age asks before it switches the echo off

ARMOR = pytest.mark.parametrize("armor", [[], ["-a"]], ids=["binary", "armored"])


@ARMOR
def test_age_reads_ours(place: Place, armor: list[str]) -> None:
    """Each of two recipients opens it with Debian's age."""
    needs_age()
    recipients = [word for recipient in place.recipients for word in ("-r", recipient)]
    vmcred("encrypt", *armor, *recipients, "-o", place.file, place.plain)
    for key in place.keys:
        assert age("-d", "-i", key, place.file) == place.plain.read_bytes()


@ARMOR
def test_we_read_ages(place: Place, armor: list[str]) -> None:
    """Each of two recipients opens what Debian's age made."""
    needs_age()
    recipients = [word for recipient in place.recipients for word in ("-r", recipient)]
    age(*armor, *recipients, "-o", place.file, place.plain)
    for key in place.keys:
        vmcred("decrypt", "-i", key, "-o", place.result, place.file)
        place.check()


def test_age_reads_our_passphrase(small: Place) -> None:
    """Debian's age asks for the passphrase at a terminal."""
    needs_age()
    vmcred("encrypt", "--passphrase-file", small.passphrase, "-o", small.file, small.plain)
    words = ["/usr/bin/age", "-d", "-o", str(small.result), str(small.file)]
    status, _ = run_at_terminal(words, [("passphrase", PASSPHRASE)], AGE_PAUSE)
    assert status == 0
    small.check()


def test_we_read_ages_passphrase(small: Place) -> None:
    """With a passphrase from a file, and asked for at a terminal."""
    needs_age()
    words = ["/usr/bin/age", "-p", "-o", str(small.file), str(small.plain)]
    status, _ = run_at_terminal(words, [("passphrase", PASSPHRASE), ("onfirm", PASSPHRASE)], AGE_PAUSE)
    assert status == 0
    vmcred("decrypt", "--passphrase-file", small.passphrase, "-o", small.result, small.file)
    small.check()
    small.result.unlink()
    words = [VMCRED, "age", "decrypt", "-o", str(small.result), str(small.file)]
    status, shown = run_at_terminal(words, [("passphrase", PASSPHRASE)])
    assert status == 0, shown
    assert PASSPHRASE not in shown
    small.check()


def test_age_keygen_reads_our_identity(small: Place) -> None:
    """And names the same recipient."""
    needs_age()
    done = subprocess.run(["/usr/bin/age-keygen", "-y", small.keys[0]], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == small.recipients[0]


@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_ssh_keys_work_both_ways(small: Place, kind: str) -> None:
    """A key of OpenSSH as recipient and identity, for Debian's age and for us."""
    needs_age()
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is absent")
    key = small.plain.parent / "ssh"
    subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-f", key], check=True)
    vmcred("encrypt", "-R", f"{key}.pub", "-o", small.file, small.plain)
    age("-d", "-i", key, "-o", small.result, small.file)
    small.check()
    age("-R", f"{key}.pub", "-o", small.file, small.plain)
    vmcred("decrypt", "-i", key, "-o", small.result, small.file)
    small.check()


@ARMOR
def test_typage_reads_ours(place: Place, typage: Path, armor: list[str]) -> None:
    """With an identity."""
    vmcred("encrypt", *armor, "-r", place.recipients[0], "-o", place.file, place.plain)
    run_typage(typage, "decrypt", place.secret_key(), place.file, place.result)
    place.check()


@pytest.mark.parametrize("task", ["encrypt", "armor"])
def test_we_read_typages(place: Place, typage: Path, task: str) -> None:
    """With an identity."""
    run_typage(typage, task, place.recipients[0], place.plain, place.file)
    vmcred("decrypt", "-i", place.keys[0], "-o", place.result, place.file)
    place.check()


def test_post_quantum_keys_of_typage(small: Place, pq_key: Path, typage: Path) -> None:
    """Ours open what it makes, and it opens what we make, with our identity."""
    recipient = vmcred("keygen", "-y", pq_key).decode().strip()
    run_typage(typage, "encrypt", recipient, small.plain, small.file)
    vmcred("decrypt", "-i", pq_key, "-o", small.result, small.file)
    small.check()
    small.result.unlink()
    vmcred("encrypt", "-r", recipient, "-o", small.file, small.plain)
    run_typage(typage, "decrypt", pq_key.read_text().splitlines()[-1], small.file, small.result)
    small.check()


def test_post_quantum_identities_of_typage(small: Place, pq_key: Path, typage: Path) -> None:
    """We name the recipient of an identity that it made as it does, and use it both ways."""
    run_typage(typage, "keygen-pq", "", small.plain, pq_key)
    secret_key, recipient = pq_key.read_text().split()
    pq_key.write_text(secret_key + "\n")
    assert vmcred("keygen", "-y", pq_key).decode().strip() == recipient
    vmcred("encrypt", "-i", pq_key, "-o", small.file, small.plain)
    run_typage(typage, "decrypt", secret_key, small.file, small.result)
    small.check()
    small.result.unlink()
    run_typage(typage, "encrypt", recipient, small.plain, small.file)
    vmcred("decrypt", "-i", pq_key, "-o", small.result, small.file)
    small.check()


def test_passphrases_of_typage(small: Place, typage: Path) -> None:
    """Both ways."""
    run_typage(typage, "encrypt", PASSPHRASE, small.plain, small.file)
    vmcred("decrypt", "--passphrase-file", small.passphrase, "-o", small.result, small.file)
    small.check()
    vmcred("encrypt", "--passphrase-file", small.passphrase, "-o", small.file, small.plain)
    run_typage(typage, "decrypt", PASSPHRASE, small.file, small.result)
    small.check()
