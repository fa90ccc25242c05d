# SPDX-License-Identifier: Apache-2.0
"""What the tests share."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parent / "vars"))

from harness import Provider, can_make_groups, remove_groups  # noqa: E402  (found through the paths above)
from repository import Repository, make_key, make_repository, output  # noqa: E402

ALL_BYTES = bytes(range(256)) * 2
LARGE = os.urandom(700_000)

VMS = """
[generators.app]
files.token = {}
files.bytes = {}
files.large = {}
files.never = {}
files.empty = {}
script = '''
printf 'token-%s' "$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')" > "$out/token"
printf 'replaced' > "$out/bytes"
printf 'replaced' > "$out/large"
printf 'replaced' > "$out/never"
printf 'replaced' > "$out/empty"
'''

[generators.late]
files.token = {}
script = "printf 'made at last' > $out/token"

[vms.web]
kernel = "vmlinuz"
secrets.token = { generator = "app" }
secrets.session-key = { random = "base64:32" }

[vms.db]
kernel = "vmlinuz"
secrets.db-token = { generator = "app", file = "token" }
secrets.bytes = { generator = "app" }
secrets.large = { generator = "app" }
secrets.empty = { generator = "app" }
secrets.file = { path = "/etc/hostname" }

[vms.slow]
kernel = "vmlinuz"
secrets.token = { generator = "late" }
"""


def store_text(backend: str, recipient: str) -> str:
    return f'age_recipients = ["{recipient}"]\n' if backend == "age" else ""


@pytest.fixture
def host() -> Iterator[Path]:
    """A folder that every user can enter, unlike pytest's."""
    with tempfile.TemporaryDirectory(prefix="vmcred-provider-") as place:
        Path(place).chmod(0o755)
        yield Path(place)


@pytest.fixture
def repository_with(host: Path) -> Callable[..., Repository]:
    """Makes a store whose every secret but late's is there, and whose config names the identity."""

    def make(backend: str = "sops", extra: str = "") -> Repository:
        place = host / "store"
        place.mkdir()
        repository = make_repository(place, VMS) if backend == "sops" else age_repository(place)
        recipient = output("age-keygen", "-y", repository.key_file).decode().strip()
        store = f'[store]\nbackend = "{backend}"\nidentity = "{repository.key_file}"\n{store_text(backend, recipient)}'
        (repository.root / "vmcred.toml").write_text(f"{store}{VMS}{extra}")
        repository.vmcred("vars", "generate", "web", "db")
        repository.vmcred("vars", "set", "db", "app/bytes", input=ALL_BYTES)
        repository.vmcred("vars", "set", "db", "app/large", input=LARGE)
        return repository

    return make


def age_repository(place: Path) -> Repository:
    root, home = place / "repository", place / "home"
    root.mkdir()
    home.mkdir(mode=0o700)
    repository = Repository(root, home)
    make_key(repository.key_file)
    return repository


@pytest.fixture
def provider_of(host: Path) -> Iterator[Callable[[Repository], Provider]]:
    """Makes providers, not started yet, and ends them."""
    if os.geteuid() != 0:
        pytest.skip("needs root: the provider answers nobody else")
    if not can_make_groups():
        pytest.skip("needs control groups that can be changed")
    Path("/run/systemd").mkdir(exist_ok=True)
    made: list[Provider] = []

    def make(repository: Repository) -> Provider:
        place = host / f"provider-{len(made)}"
        place.mkdir()
        made.append(Provider(place, repository.root / "vmcred.toml"))
        return made[-1]

    yield make
    for provider in made:
        if provider.is_running():
            provider.end()
    remove_groups()


@pytest.fixture
def repository(repository_with: Callable[..., Repository]) -> Repository:
    return repository_with()


@pytest.fixture
def provider(repository: Repository, provider_of: Callable[[Repository], Provider]) -> Provider:
    return provider_of(repository).start()
