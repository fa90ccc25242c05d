# SPDX-License-Identifier: Apache-2.0
"""The place where measurements run: programs, a user without privileges, credentials on tmpfs, configs."""

from __future__ import annotations

import base64
import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Iterator

TMPFS = Path("/dev/shm")
USER = "nobody"


class BenchError(Exception):
    """Something that keeps a measurement from being taken."""


def say(text: str) -> None:
    """Progress, for whoever waits."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


@dataclass(frozen=True)
class VmSettings:
    """What a measured VM's config says."""

    program: str
    kernel: str
    secrets: tuple[str, ...]
    statics: tuple[tuple[str, str], ...] = ()
    initrd: str = ""
    kernel_params: tuple[str, ...] = ()
    extra_args: tuple[str, ...] = ()
    memory_mib: int = 512
    hypervisor: str = "qemu"
    guest_systemd: str = "252"
    sources: str = "/run/secrets/bench"
    settings: tuple[str, ...] = ()  # further lines

    def as_toml(self) -> str:
        """The config file. The sources are read by root alone: else the credentials directory holds what systemd loads."""

        def listed(texts: tuple[str, ...]) -> str:
            return "[" + ", ".join(f'"{text}"' for text in texts) + "]"

        lines = [
            "[vms.bench]",
            f'hypervisor = "{self.hypervisor}"',
            "allow_swap = true",
            f"guest.systemd = {self.guest_systemd}",
            f"mem = {self.memory_mib}",
            f'program = "{self.program}"',
            f'kernel = "{self.kernel}"',
            f"kernel_params = {listed(self.kernel_params)}",
            f"extra_args = {listed(self.extra_args)}",
        ]
        if self.initrd:
            lines.append(f'initrd = "{self.initrd}"')
        if self.hypervisor == "qemu":
            lines.append('accelerator = "tcg"')
        lines += self.settings
        lines += [f'secrets.{name} = {{ path = "{self.sources}/{name}" }}' for name in self.secrets]
        lines += [f'static.{name} = "{value}"' for name, value in self.statics]
        return "\n".join(lines) + "\n"


@dataclass
class Lab:
    """Two scratch directories, one on disk for programs and one on tmpfs for credentials, both the bench user's."""

    files: Path
    memory: Path
    uid: int
    gid: int
    vmcred: Path = field(init=False)
    exec_timer: Path = field(init=False)
    clock_mark: Path = field(init=False)

    def install(self, source: Path, name: str = "", mode: int = 0o755) -> Path:
        """A copy that the bench user can reach, wherever the original is."""
        target = self.files / (name or source.name)
        shutil.copyfile(source, target)
        target.chmod(mode)
        return target

    def write_config(self, name: str, settings: VmSettings) -> Path:
        """NAME.toml with one VM, "bench"."""
        path = self.files / f"{name}.toml"
        path.write_text(settings.as_toml())
        path.chmod(0o644)
        return path

    def make_credentials(self, name: str, secrets: tuple[str, ...]) -> Path:
        """What systemd's LoadCredential= leaves for a service: files of its user, 0400, in a directory of 0500."""
        directory = self.memory / name
        directory.mkdir()
        for secret in secrets:
            path = directory / f"host-{secret}"
            path.write_bytes(base64.b64encode(os.urandom(32)))
            path.chmod(0o400)
            os.chown(path, self.uid, self.gid)
        directory.chmod(0o500)
        os.chown(directory, self.uid, self.gid)
        return directory

    def environment(self, credentials: Path) -> dict[str, str]:
        """A service's environment, as far as runners look at it."""
        return {
            "PATH": f"{self.files}:/usr/bin:/bin",
            "CREDENTIALS_DIRECTORY": str(credentials),
            "VMCRED_RUNTIME_DIR": str(self.memory / "runtime"),
        }

    def popen(self, command: list[str], credentials: Path, **options: object) -> subprocess.Popen[str]:
        """Starts a command as the bench user."""
        identity = {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        return subprocess.Popen(
            command, env=self.environment(credentials), cwd=self.files, text=True, **identity, **options
        )


@contextlib.contextmanager
def open_lab(vmcred: Path, helpers: Path) -> Iterator[Lab]:
    """A lab, gone again in the end."""
    for program in (vmcred, helpers / "exec_timer", helpers / "clock_mark"):
        if not os.access(program, os.X_OK):
            raise BenchError(f"{program} is not there: build the release preset first (./dev build release)")
    owner = pwd.getpwnam(USER) if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    with (
        tempfile.TemporaryDirectory(prefix="vmcred-bench-") as files,
        tempfile.TemporaryDirectory(prefix="vmcred-bench-", dir=TMPFS) as memory,
    ):
        lab = Lab(Path(files), Path(memory), owner.pw_uid, owner.pw_gid)
        (lab.memory / "runtime").mkdir()
        for directory in (lab.files, lab.memory, lab.memory / "runtime"):
            directory.chmod(0o755)
            os.chown(directory, lab.uid, lab.gid)
        lab.vmcred = lab.install(vmcred)
        lab.exec_timer = lab.install(helpers / "exec_timer")
        lab.clock_mark = lab.install(helpers / "clock_mark")
        yield lab
