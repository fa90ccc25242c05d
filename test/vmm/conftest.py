# SPDX-License-Identifier: Apache-2.0
"""What the tests of hypervisors share: VMs whose hypervisor is a strict fake (fakes/), started by `vmcred vm run`."""

import json
import os
import pwd
import secrets
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent

VMCRED = os.environ["VMCRED_BIN"]
SECONDS = 20


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

    def write(self, count: int = 3) -> None:
        """The config, with `count` secrets, each with a value of its own."""
        for name in ("kernel", "initrd"):
            (self.directory / name).write_bytes(b"070701-not-really" * 100)
        lines = ["[vms.web]", f'hypervisor = "{self.hypervisor}"', f'program = "{HERE}/fakes/{self.program}"']
        lines += [f'kernel = "{self.directory}/kernel"', f'initrd = "{self.directory}/initrd"', "allow_swap = true"]
        lines += [f"extra_args = {json.dumps(self.extra_args + ['--record', str(self.record)])}"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in self.keys.items()]
        lines += ["[vms.web.secrets]"]
        for number in range(count):
            value = secrets.token_urlsafe(48)
            source = self.directory / f"secret-{number}"
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

    def leaks(self) -> list[str]:
        """Where a secret is that should be nowhere: argv, environ, the log and the VM's own directory."""
        texts = {"log": self.log.encode()}
        for name in ("cmdline", "environ"):
            texts[name] = Path(f"/proc/{self.process.pid}/{name}").read_bytes() if self.process.poll() is None else b""
        for path in (self.directory / "run").rglob("*"):
            if path.is_file():
                texts[str(path)] = path.read_bytes()
        return [place for place, text in texts.items() for value in self.values.values() if value.encode() in text]


@pytest.fixture
def make_vm(tmp_path: Path):
    """Makes VMs that end with the test."""
    for parent in (tmp_path, *tmp_path.parents):
        if parent.stat().st_uid == os.geteuid() and str(parent).startswith("/tmp/"):
            parent.chmod(0o755)
    made: list[Vm] = []

    def make(hypervisor: str, program: str = "", count: int = 3, **more: Any) -> Vm:
        vm = Vm(tmp_path, hypervisor, program or hypervisor, **more)
        vm.write(count)
        made.append(vm)
        vm.start()
        return vm

    yield make
    for vm in made:
        if vm.process is not None and vm.process.poll() is None:
            vm.process.kill()
            vm.process.wait()
