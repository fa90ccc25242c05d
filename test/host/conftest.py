# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the host tests: containers with systemd, and a VM of the seeds' kind that runs in one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from container import Container, host_tree, install, why_not_here
from testhost import GUESTS, HOSTILE, STAND_IN, TESTS, TestHost

sys.path.insert(0, str(TESTS / "support"))

import fetched_tools  # noqa: E402  (found through the path above)

NEEDED_VARIABLES = ("VMCRED_BUILD", "VMCRED_GUEST_BIN")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: not needed for every change")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Shows with a failure what the host's journal says of our units."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for host in (value for value in getattr(item, "funcargs", {}).values() if isinstance(value, TestHost)):
            report.sections.append((f"the journal of {host.container.name}", host.last_words()))


@pytest.fixture(autouse=True, scope="session")
def tooling() -> None:
    """A machine that can't boot containers skips, and says so; a build that is not there is an error."""
    if reason := why_not_here():
        pytest.skip(f"no systemd host can be booted here: {reason}")
    missing = [name for name in NEEDED_VARIABLES if not os.environ.get(name)]
    if missing:
        pytest.exit(f"not set: {', '.join(missing)}", returncode=1)


# Guests whose name is not that of what they are made from, with what is laid over it.
GUEST_KINDS = {
    "flood": ("busybox", ["overlay-flood"]),
    "rows-debian-12": ("debian-12", ["overlay-systemd", "overlay-rows"]),
    "rows-debian-13": ("debian-13", ["overlay-systemd", "overlay-rows"]),
}

# Debian's stable releases lack it.
VSOCK_DEVICE = fetched_tools.tools() / "vsock" / "vhost-device-vsock"


@pytest.fixture(scope="session")
def programs(tooling: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `cmake --install` installs, below a directory."""
    directory = tmp_path_factory.mktemp("programs")
    install(Path(os.environ["VMCRED_BUILD"]), directory)
    if VSOCK_DEVICE.is_file():
        shutil.copy(VSOCK_DEVICE, directory / "usr" / "bin")
    return directory


@pytest.fixture(scope="session")
def guest_files(tooling: None, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a directory with a guest's vmlinuz and initrd."""
    made: dict[str, Path] = {}

    def make(name: str) -> Path:
        if name not in made:
            kind, overlays = GUEST_KINDS.get(name, (name, ["overlay-systemd"]))
            base = Path(subprocess.check_output([GUESTS / "build-guest", kind], text=True).strip())
            directory = tmp_path_factory.mktemp(f"guest-{name}")
            directory.chmod(0o755)
            shutil.copy(base / "vmlinuz", directory / "vmlinuz")
            initrd = base / "initrd"
            for overlay in overlays:
                make_initrd = [GUESTS / "make-initrd", initrd, GUESTS / overlay, os.environ["VMCRED_GUEST_BIN"]]
                initrd = directory / "initrd"
                subprocess.run([*make_initrd, initrd], check=True)
            made[name] = directory
        return made[name]

    return make


@pytest.fixture(scope="session")
def boot_host(programs: Path, guest_files: Callable[[str], Path]) -> Callable[..., TestHost]:
    """Boots hosts with vmcred installed. Each is to be used in a `with`, and is gone after it."""

    def boot(name: str, *, installed: bool = True, guest: str | None = None, layers: Sequence[Path] = ()) -> TestHost:
        layers = [*layers, programs] if installed else [*layers]
        guest_directory = guest_files(guest or name)
        container = Container(host_tree(name), layers=layers, binds={guest_directory: TestHost.GUEST})
        try:
            container.boot()
        except BaseException:
            container.remove()
            raise
        return TestHost(container)

    return boot


@pytest.fixture(scope="module", params=["debian-12", pytest.param("debian-13", marks=pytest.mark.long)])
def demo_host(request: Any, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host on which the seeds' VM runs and has reported. Tests look at it; those that change it have their own."""
    with boot_host(request.param) as host:
        host.set_up_demo()
        host.start()
        host.report  # noqa: B018  (waits for it)
        yield host


@pytest.fixture(scope="session")
def stand_in_layer(tooling: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layer of a host that holds the stand-ins for QEMU."""
    directory = tmp_path_factory.mktemp("stand-in")
    for path in (STAND_IN, HOSTILE):
        program = directory / path.lstrip("/")
        program.parent.mkdir(parents=True, mode=0o755, exist_ok=True)
        shutil.copy(Path(__file__).parent / program.name, program)
        program.chmod(0o755)
    directory.chmod(0o755)
    return directory


@pytest.fixture(scope="session", params=["debian-12", pytest.param("debian-13", marks=pytest.mark.long)])
def stand_in_host(
    request: Any, boot_host: Callable[..., TestHost], stand_in_layer: Path
) -> Iterator[TestHost]:
    """A host for tests of what surrounds a guest. They share it, and each leaves no VM behind."""
    with boot_host(request.param, layers=[stand_in_layer]) as host:
        yield host


@pytest.fixture
def cleared(stand_in_host: TestHost) -> Iterator[None]:
    """No VM runs after a test."""
    yield
    stand_in_host.clear()


@pytest.fixture
def stopped(host: TestHost) -> Iterator[None]:
    """A test begins with the seeds' VM configured and stopped."""
    host.set_up_demo()
    yield
    host.container.run("systemctl", "stop", "microvm@*.service", timeout=240)
    host.container.run("systemctl", "reset-failed", "microvm@*.service", check=False)
