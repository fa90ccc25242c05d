# SPDX-License-Identifier: Apache-2.0
"""What the tests of hypervisors share: VMs whose hypervisor is a strict fake (fakes/), started by `vmcred vm run`."""

import json
import os
import pwd
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "leak"), str(HERE.parent / "support"), str(HERE / "fakes")]

from formats import archived, files_behind  # noqa: E402  (found through the path above, as fakes/ is)
from scanner import Finding, Scan, scan_host  # noqa: E402  (likewise)

VMCRED = os.environ["VMCRED_BIN"]
SECONDS = 20
OWN_INITRD = b"070701-not-really" * 100


def needs(condition: bool, what: str) -> None:
    if not condition:
        pytest.skip(f"needs {what}")


def as_user_words() -> list[str]:
    """Fakes need no KVM, but the runner wants its device to be there for the user: in a name space of the test's own,
    something that everyone may open takes its place."""
    needs(os.geteuid() == 0 and Path("/dev/kvm").exists(), "root, and a host with /dev/kvm")
    nobody = pwd.getpwnam("nobody")
    cover = "mount --bind /dev/null /dev/kvm && exec setpriv --reuid {0} --regid {1} --clear-groups \"$@\""
    return ["unshare", "--mount", "sh", "-c", cover.format(nobody.pw_uid, nobody.pw_gid), "sh"]


@dataclass
class Vm:
    """One VM, its files in a directory of the test's own."""

    directory: Path
    hypervisor: str
    program: str
    extra_args: list[str] = field(default_factory=list)
    keys: dict[str, Any] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)  # of its config, as they are
    values: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None

    @property
    def config(self) -> Path:
        return self.directory / "vmcred.toml"

    @property
    def record(self) -> Path:
        return self.directory / "record"

    @property
    def log(self) -> str:
        return (self.directory / "log").read_text()

    def source(self, number: int) -> Path:
        return self.directory / f"secret-{number}"

    def write(self, count: int = 3) -> None:
        """The config, with `count` secrets, each with a value of its own."""
        for name in ("kernel", "initrd"):
            (self.directory / name).write_bytes(OWN_INITRD)
        lines = ["[vms.web]", f'hypervisor = "{self.hypervisor}"', f'program = "{HERE}/fakes/{self.program}"']
        lines += [f'kernel = "{self.directory}/kernel"', f'initrd = "{self.directory}/initrd"', "allow_swap = true"]
        lines += [f"extra_args = {json.dumps(self.extra_args + ['--record', str(self.record)])}"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in self.keys.items()]
        lines += [*self.lines, "[vms.web.secrets]"]
        for number in range(count):
            value = secrets.token_urlsafe(48)
            source = self.source(number)
            source.write_text(value)
            source.chmod(0o400)
            self.values[f"SECRET_{number}"] = value
            lines.append(f'secret-{number} = {{ path = "{source}" }}')
        self.config.write_text("\n".join(lines) + "\n")
        subprocess.run(["chown", "-R", "nobody:", self.directory], check=True)

    def call(self, *words: str) -> list[str]:
        return [*as_user_words(), "env", f"VMCRED_RUNTIME_DIR={self.directory}/run", VMCRED, "vm", *words,
                "--config", str(self.config)]

    def start(self) -> None:
        with (self.directory / "log").open("wb") as log:
            self.process = subprocess.Popen(self.call("run", "web"), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def wait_for(self, condition, what: str) -> None:
        deadline = time.monotonic() + SECONDS
        while not condition():
            assert time.monotonic() < deadline, f"{what}: {self.log}"
            assert self.process.poll() is None or condition(), f"{what}, but it ended: {self.log}"
            time.sleep(0.01)

    def wait_for_log(self, text: str) -> None:
        """What speaks from beside the VMM may do so when that has ended."""
        deadline = time.monotonic() + SECONDS
        while text not in self.log:
            assert time.monotonic() < deadline, f"{text!r} is not said: {self.log}"
            time.sleep(0.01)

    def end(self) -> int:
        """Its exit code, once it has ended."""
        try:
            return self.process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            pytest.fail(f"it goes on: {self.log}")

    def stop(self, *words: str) -> subprocess.CompletedProcess:
        return subprocess.run(self.call("stop", "web", *words), capture_output=True, text=True, timeout=60, check=False)

    def requests(self) -> list[list[Any]]:
        return [json.loads(line) for line in self.record.read_text().splitlines()] if self.record.exists() else []

    def credentials_behind_initrd(self, path: str) -> dict[str, bytes]:
        """Those in the initrd that the VMM was told to read from this descriptor of its own."""
        assert path.startswith("/dev/fd/")
        descriptor = Path(f"/proc/{self.process.pid}/fd/{path.removeprefix('/dev/fd/')}")
        assert str(descriptor.readlink()) == "/memfd:vmcred (deleted)"
        files = files_behind(OWN_INITRD, descriptor.read_bytes())
        assert list(files) == [".vmcred", ".vmcred/credentials", ".vmcred/next", ".vmcred/init"]
        return archived(files[".vmcred/credentials"])

    def assert_has_all(self, credentials: dict[str, bytes]) -> None:
        """Every secret, byte for byte, with the manifest and nothing else."""
        assert credentials.keys() == {*self.values, "vmcred.manifest"}
        assert [name for name, value in self.values.items() if credentials[name] != value.encode()] == []

    def starters(self) -> list[str]:
        """The processes that send this VM's requests: they hold them until they end, behind the last answer."""
        mark = f"VMCRED_RUNTIME_DIR={self.directory}/run\0".encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "comm").read_text() == "vmcred-start\n" and mark in (process / "environ").read_bytes():
                    found.append(process.name)
            except (FileNotFoundError, ProcessLookupError, PermissionError):
                continue  # gone, or one that this host keeps even from root
        return found

    def leaks(self) -> list[Finding]:
        """Where on this host a secret is that should be nowhere. What the fake itself writes down is not searched."""
        deadline = time.monotonic() + SECONDS
        while self.starters():
            assert time.monotonic() < deadline, f"its starter goes on: {self.log}"
            time.sleep(0.01)
        running = self.process.poll() is None
        return scan_host(
            Scan(
                canaries=[value.encode() for value in self.values.values()],
                vmm_pid=self.process.pid if running else None,
                directories=[self.directory / "run"],
                logs=[self.directory / "log", self.config],
                sources=[self.source(number) for number in range(len(self.values))],
            )
        )


@pytest.fixture
def place() -> Iterator[Path]:
    """A directory that the VM's user may pass, unlike pytest's own."""
    directory = Path(tempfile.mkdtemp(prefix="vmcred-vmm-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def make_vm(place: Path) -> Iterator[Callable[..., Vm]]:
    """Makes VMs that end with the test."""
    made: list[Vm] = []

    def make(hypervisor: str, program: str = "", count: int = 3, **more: Any) -> Vm:
        vm = Vm(place, hypervisor, program or hypervisor, **more)
        vm.write(count)
        made.append(vm)
        vm.start()
        return vm

    yield make
    for vm in made:
        if vm.process is not None and vm.process.poll() is None:
            vm.process.kill()
            vm.process.wait()
