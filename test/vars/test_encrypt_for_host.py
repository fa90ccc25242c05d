# SPDX-License-Identifier: Apache-2.0
"""R103: secrets of the store as files that only this host can open, by the real systemd-creds."""

import os
import shutil
import subprocess
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from repository import Repository

FOLDER = Path("/etc/credstore.encrypted")
CONFIG_ERROR, HOST_ERROR = 3, 4

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason=f"{FOLDER} is root's"),
    pytest.mark.skipif(shutil.which("systemd-creds") is None, reason="there is no systemd-creds"),
]


@dataclass
class Place:
    """A store, and the name of a VM that no other has."""

    repository: Repository
    vm: str

    def blob(self, secret: str) -> Path:
        return FOLDER / f"microvm@{self.vm}.host-{secret}"


@pytest.fixture
def place(make: Callable[..., Repository]) -> Iterator[Place]:
    vm = f"test-{uuid.uuid4().hex[:8]}"
    repository = make(
        f'[vms.{vm}]\nkernel = "x"\ndeliver = "encrypted"\n'
        'secrets.raw = { random = "raw:3000" }\nsecrets.text = { random = "hex:16" }\n'
        '[vms.other]\nkernel = "x"\nsecrets.text = { random = "hex:16" }\n'
    )
    had_folder = FOLDER.exists()
    yield Place(repository, vm)
    for blob in FOLDER.glob(f"microvm@{vm}.*"):
        blob.unlink()
    if not had_folder and FOLDER.exists():
        FOLDER.rmdir()


def decrypted(blob: Path, name: str) -> bytes:
    command = ["systemd-creds", "decrypt", f"--name={name}", blob, "-"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def test_each_value_can_be_opened_as_the_credential_that_it_is(place: Place) -> None:
    place.repository.vmcred("vars", "generate")
    place.repository.vmcred("vars", "encrypt-for-host", "--with-key", "host")
    for secret in ("raw", "text"):
        value = place.repository.get(place.vm, f"{secret}/{secret}")
        assert decrypted(place.blob(secret), f"host-{secret}") == value
        assert place.blob(secret).stat().st_mode & 0o777 == 0o600
        assert value not in place.blob(secret).read_bytes()
    assert not list(FOLDER.glob("microvm@other.*"))


def test_a_dry_run_tells_the_files_and_writes_none(place: Place) -> None:
    place.repository.vmcred("vars", "generate")
    told = place.repository.vmcred("vars", "encrypt-for-host", place.vm, "--dry-run")
    assert str(place.blob("raw")).encode() in told
    assert not place.blob("raw").exists()


def test_what_can_not_be_written_leaves_the_file_of_before(place: Place) -> None:
    place.repository.vmcred("vars", "generate")
    place.repository.vmcred("vars", "encrypt-for-host", "--with-key", "host")
    before = place.blob("raw").read_bytes()
    errors = place.repository.fails("vars", "encrypt-for-host", "--with-key", "no-such-key", code=HOST_ERROR)
    assert f"vm '{place.vm}': secret 'raw'" in errors
    assert place.blob("raw").read_bytes() == before


def test_a_vm_that_has_the_provider_needs_no_such_files(place: Place) -> None:
    errors = place.repository.fails("vars", "encrypt-for-host", "other", code=CONFIG_ERROR)
    assert 'deliver = "encrypted"' in errors
