# SPDX-License-Identifier: Apache-2.0
"""A host as the tests use it: the seeds' VM with its secrets, config, unit and report, and searches for leaks."""

import json
import os
import random
import secrets
import socket
import sys
import time
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from container import Container, ContainerFailure, status_of
from leaks import host_pid, scan_of, vmm_pid

TESTS = Path(__file__).resolve().parent.parent
GUESTS = TESTS / "guests"
sys.path.insert(0, str(TESTS / "leak"))

from scanner import scan_host  # noqa: E402  (found through the path above)

CONFIG = "/etc/vmcred/vmcred.toml"
SOURCES = "/run/secrets/vars"  # where the seeds' secret manager puts them
STAND_IN = "/usr/bin/hypervisor-stand-in"  # of hosts that were booted for it
HOSTILE = "/usr/bin/hostile-hypervisor"  # of the same
SECRET_LENGTHS = {"api-key": 44, "db-password": 44, "jwt-secret": 88}
STATIC = {"ENVIRONMENT": "test", "CLUSTER": "britton-desktop"}
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

# Emulated guests on a machine that compiles at the same time can take several times their usual 15 seconds.
BOOT_SECONDS = 240


@dataclass
class TestHost:
    """A booted container, and what a test does to it."""

    __test__ = False  # it is none, whatever its name
    GUEST = "/srv/guest"

    container: Container
    values: dict[str, bytes] = field(default_factory=dict, repr=False)  # secrets by their names, as they were made

    def __enter__(self) -> "TestHost":
        return self

    def __exit__(self, *_: object) -> None:
        self.container.remove()

    # ---- the seeds' VM

    def set_up_demo(self, vm: str = "test-vm") -> None:
        """Writes the sources and the config of one VM, and tells systemd."""
        self.write_sources(vm)
        self.write_config(self.vm_config(vm))

    def write_sources(self, vm: str) -> None:
        """Files as a secret manager leaves them: root:root 0400 in a directory of root's."""
        for name, length in SECRET_LENGTHS.items():
            # Of the form that openssl's base64 has, and unlike anything else from the first letter on.
            value = "".join(random.SystemRandom().choices(BASE64, k=length)).encode()
            self.write_source(vm, name, value)

    def write_source(self, vm: str, name: str, value: bytes) -> None:
        self.values[f"{vm}/{name}"] = value
        self.container.write(source(vm, name), value, mode=0o400)

    def vm_config(self, vm: str, *settings: str, secrets: dict[str, str] | None = None) -> str:
        """The part of vmcred.toml that is about one VM. `secrets` are further ones, as TOML values."""
        lines = [
            f"[vms.{vm}]",
            'accelerator = "tcg"',
            "mem = 384",
            f'kernel = "{self.GUEST}/vmlinuz"',
            f'initrd = "{self.GUEST}/initrd"',
            'kernel_params = ["mitigations=off"]',  # guards against other guests; costs a fifth of the boot here
            "allow_swap = true",  # the values are worthless, and the machine may be anyone's
            *settings,
        ]
        lines += [f'secrets.{name} = {{ path = "{source(vm, name)}" }}' for name in SECRET_LENGTHS]
        lines += [f"secrets.{name} = {value}" for name, value in (secrets or {}).items()]
        lines += [f'static.{name} = "{value}"' for name, value in STATIC.items()]
        return "\n".join(lines) + "\n\n"

    def stand_in_config(self, vm: str, *settings: str, secrets: dict[str, str] | None = None) -> str:
        """As above, of a VM that boots nothing: it starts and stops in no time. See hypervisor-stand-in."""
        return self.vm_config(vm, f'program = "{STAND_IN}"', *settings, secrets=secrets)

    def write_config(self, text: str) -> None:
        """All that an administrator does."""
        self.container.write(CONFIG, text)
        self.container.run("systemctl", "daemon-reload")

    # ---- units

    def start(self, vm: str = "test-vm") -> None:
        """Starts the VM's unit, or tells why it would not start."""
        self.__dict__.pop("report", None)
        done = self.container.run("systemctl", "start", unit(vm), check=False, timeout=BOOT_SECONDS)
        if done.returncode != 0:
            raise ContainerFailure(f"{unit(vm)} did not start: {done.stderr}\n{self.last_words()}")

    def stop(self, vm: str = "test-vm") -> None:
        self.container.run("systemctl", "stop", unit(vm), timeout=BOOT_SECONDS)

    def state(self, vm: str = "test-vm") -> str:
        return self.container.properties(unit(vm), "ActiveState")["ActiveState"]

    def main_pid(self, vm: str = "test-vm") -> int:
        """The VMM, as this machine counts."""
        pid = vmm_pid(self.container, unit(vm))
        if pid is None:
            raise ContainerFailure(f"{unit(vm)} has no process\n{self.last_words()}")
        return pid

    def uid(self, vm: str = "test-vm") -> str:
        """The user number of the VMM."""
        return status_of(self.main_pid(vm))["Uid"].split()[0]

    def inner_pid(self, vm: str = "test-vm") -> str:
        """The VMM, as the container counts."""
        return self.container.properties(unit(vm), "MainPID")["MainPID"]

    def wait_for_stand_in(self, vm: str) -> None:
        """Waits until the stand-in runs: the unit counts as started before."""
        listens = f"/run/vmcred/{vm}/qmp.sock"
        self.container.wait_until(lambda: self.container.succeeds("test", "-S", listens), "running stand-in", 60)

    def received(self, vm: str) -> bytes:
        """All that the hypervisor was given in memory files."""
        links = Path(f"/proc/{self.main_pid(vm)}/fd").iterdir()
        return b"".join(link.read_bytes() for link in links if os.readlink(link).startswith("/memfd:vmcred"))

    def settle(self, vm: str) -> str:
        """Waits until systemd neither starts nor stops it, and gives its state."""
        self.container.wait_until(lambda: self.state(vm) in ("active", "failed", "inactive"), f"state of {vm}", 120)
        return self.state(vm)

    def clear(self) -> None:
        """Stops all VMs and forgets what failed."""
        self.container.run("systemctl", "stop", "microvm@*.service", timeout=240)
        self.container.run("systemctl", "reset-failed", "microvm@*.service", "vmcred-provider.*", check=False)

    # ---- what the guest says

    @cached_property
    def report(self) -> dict[str, Any]:
        """What the guest of test-vm says about its credentials. Waits until it does."""
        return self.report_of("test-vm")

    def report_of(self, vm: str) -> dict[str, Any]:
        """As above, of any VM. Can be had once for each boot: it is told once."""
        deadline = time.monotonic() + BOOT_SECONDS
        received = b""
        with self._connect_to_report(vm, deadline) as connection:
            connection.settimeout(1)
            while b"\n" not in received:
                try:
                    received += connection.recv(65536)
                except TimeoutError:
                    pass
                self._expect_running(vm, "report", deadline)
        return json.loads(received.split(b"\n")[0])

    def _connect_to_report(self, vm: str, deadline: float) -> socket.socket:
        while True:
            self._expect_running(vm, "report socket", deadline)
            found = self.container.run("readlink", "-e", f"/run/vmcred/{vm}/report.sock", check=False).stdout.strip()
            if found:
                connection = socket.socket(socket.AF_UNIX)
                try:
                    connection.connect(str(self.container.path(found)))
                    return connection
                except OSError:
                    connection.close()
            time.sleep(0.1)

    def _expect_running(self, vm: str, what: str, deadline: float) -> None:
        state = self.state(vm)
        if state not in ("active", "activating") or time.monotonic() > deadline:
            raise ContainerFailure(f"no {what} of {vm}, which is {state}\n{self.last_words()}")

    def console_of(self, vm: str = "test-vm") -> str:
        """What the unit's journal holds, runner and guest."""
        return self.container.journal("--output=cat", "--unit", unit(vm))

    # ---- leaks

    def search_for_leaks(self, vm: str | None = "test-vm") -> list[str]:
        """Every place of the container that holds a secret and must not. `vm` runs, or None does."""
        vmm = self.main_pid(vm) if vm else None
        sources = [source(*key.split("/")) for key in self.values]
        existing = [path for path in sources if self.container.succeeds("test", "-e", path)]
        findings = scan_host(scan_of(self.container, list(self.values.values()), vmm, existing))
        return [f"{finding.place}: {finding.detail}" for finding in findings]

    def last_words(self) -> str:
        """The end of the journal."""
        if not self.container.running:
            return self.container.last_words()
        shown = self.container.run("journalctl", "--no-pager", "--lines=60", "--output=short-monotonic", check=False)
        return shown.stdout


def source(vm: str, name: str) -> str:
    """Where a secret of a VM is on the host."""
    return f"{SOURCES}/{vm}-secrets/{name}"


def unit(vm: str) -> str:
    """The service of a VM."""
    return f"microvm@{vm}.service"


def token(length: int = 44) -> bytes:
    """A value that is nowhere else."""
    return secrets.token_hex(length // 2).encode()


__all__ = ["GUESTS", "SECRET_LENGTHS", "STATIC", "TestHost", "host_pid", "source", "token", "unit"]
