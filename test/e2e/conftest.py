# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the end-to-end tests: the VMs' user, and VMs that are booted once and looked at by many tests."""

import grp
import os
import random
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from harness import USER, Guest, Place, Secret, Vm, VmFailure, adversarial_secrets, demo_secrets, program

NEEDED_PROGRAMS = (
    *("cpio", "openssl", "prlimit", "qemu-system-x86_64", "setpriv", "useradd"),
    *("gzip", "lz4", "xz", "zstd"),  # compress initrds
    *("as", "gcc", "ld", "objcopy", "strip"),  # make the probe
)

# Enough for one VM to boot while the tests look at another: more would only slow each other down on two cores.
AHEAD = 1

# Secrets differ in each run, and can be had again (but for the PEM key) with the seed that the run prints.
SEED = int(os.environ.get("VMCRED_TEST_SEED") or secrets.randbits(32))


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "long: not needed for every change")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(f"secrets were made with VMCRED_TEST_SEED={SEED}")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Shows with a failure what the VM and its runner said last."""
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for vm in (value for value in getattr(item, "funcargs", {}).values() if isinstance(value, Vm)):
            report.sections.append(("the VM's last words", vm.logs()))


@pytest.fixture(autouse=True, scope="session")
def tooling() -> None:
    """Without these there would be nothing to test, and that must not look like success."""
    missing = [name for name in NEEDED_PROGRAMS if shutil.which(name) is None]
    if missing:
        pytest.exit(f"the end-to-end tests need these programs: {', '.join(missing)}", returncode=1)
    if os.geteuid() != 0:
        pytest.exit("the end-to-end tests need root: vmcred drops from it to the VM's user", returncode=1)
    try:
        program("VMCRED_BIN")
        program("VMCRED_GUEST_BIN")
    except VmFailure as failure:
        pytest.exit(str(failure), returncode=1)


@pytest.fixture(scope="session")
def vm_user(tooling: None) -> Iterator[str]:
    """The system user of the tests' VMs."""
    options = ["--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
    if any(group.gr_name == "kvm" for group in grp.getgrall()):
        options += ["--groups", "kvm"]
    subprocess.run(["useradd", *options, USER], check=True)
    yield USER
    subprocess.run(["userdel", USER], check=True)


@pytest.fixture(scope="session")
def make_vm(vm_user: str) -> Iterator[Callable[..., Vm]]:
    """Makes VMs that are ready to start; at the end they are gone with all their files.

    Besides the secrets of the demo, which the guests' own unit wants, they have those that are given, or difficult ones.
    """
    vms: list[Vm] = []

    def make(
        guest: Guest, purpose: str, kind: type[Vm] = Vm, given: list[Secret] | None = None, **further: Any
    ) -> Vm:
        rng = random.Random(f"{SEED} {guest.id} {purpose}")
        place = Place(Path(tempfile.mkdtemp(prefix=f"vmcred-e2e-{guest.id}-")))
        vm = kind(guest, place, demo_secrets(rng) + (adversarial_secrets(rng) if given is None else given), **further)
        vms.append(vm)
        vm.prepare()
        return vm

    yield make
    for vm in vms:
        vm.kill()
        shutil.rmtree(vm.place.root)


class Fleet:
    """Boots the VMs that the collected tests ask for, the next one while the tests look at the one before."""

    def __init__(self, guests: list[Guest], make_vm: Callable[[Guest, str], Vm]) -> None:
        self._guests = guests
        self._make_vm = make_vm
        self._pool = ThreadPoolExecutor(max_workers=1 + AHEAD)
        self._booting: dict[Guest, Future[Vm]] = {}

    def get(self, guest: Guest) -> Vm:
        """The VM of this guest, whose report has arrived."""
        position = self._guests.index(guest)
        for wanted in self._guests[position : position + 1 + AHEAD]:
            if wanted not in self._booting:
                self._booting[wanted] = self._pool.submit(self._boot, wanted)
        return self._booting[guest].result()

    def _boot(self, guest: Guest) -> Vm:
        vm = self._make_vm(guest, "shared")
        vm.start()
        vm.report  # noqa: B018  (waits for it)
        return vm

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


@pytest.fixture(scope="session")
def fleet(request: pytest.FixtureRequest, make_vm: Callable[[Guest, str], Vm]) -> Iterator[Fleet]:
    """All VMs that are shared among tests."""
    wanted = [item.callspec.params.get("booted_vm") for item in request.session.items if hasattr(item, "callspec")]
    fleet = Fleet(list(dict.fromkeys(guest for guest in wanted if guest)), make_vm)
    yield fleet
    fleet.close()


@pytest.fixture(scope="module")
def booted_vm(request: pytest.FixtureRequest, fleet: Fleet) -> Vm:
    """The VM of the guest that the test is run for."""
    return fleet.get(request.param)
