# SPDX-License-Identifier: Apache-2.0
"""One boot of each kind of guest, looked at from all sides. The tests run in this order: the last ones end the VM."""

import os
import pwd
import re
import stat
import subprocess
from pathlib import Path

import pytest
from harness import STATIC, USER, Guest, Vm, processes_in

pytestmark = pytest.mark.parametrize(
    "booted_vm",
    [
        Guest("debian-12", "q35", systemd=252),
        Guest("debian-12", "microvm", systemd=252),
        Guest("debian-13", "q35", systemd=257),
        Guest("busybox", "q35", systemd=None),
        pytest.param(Guest("debian-12", "pc", systemd=252), marks=pytest.mark.long),
    ],
    ids=lambda guest: guest.id,
    indirect=True,
    scope="module",
)


def process_status(pid: int) -> dict[str, str]:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {key: value.strip() for key, value in (line.split(":", 1) for line in lines)}


def console(vm: Vm) -> str:
    return vm.place.console.read_text(errors="replace")


def test_every_credential_arrives_byte_for_byte(booted_vm: Vm) -> None:
    """Promises 2, 3 and 7; R24: the guest compared each value with the digest that the host sent."""
    report = booted_vm.report
    sizes = {secret.credential: len(secret.value) for secret in booted_vm.secrets}
    sizes |= {name: len(value) for name, value in STATIC.items()}
    assert report["manifest"] == "ok"
    assert {entry["name"]: entry["state"] for entry in report["credentials"]} == dict.fromkeys(sizes, "ok")
    assert {entry["name"]: entry["size"] for entry in report["credentials"]} == sizes
    assert (report["verified"], report["expected"]) == (len(sizes), len(sizes))
    assert report["undeclared"] == []


def test_lengths_are_those_of_the_generated_secrets(booted_vm: Vm) -> None:
    """R25: 44, 44 and 88 bytes, never 0."""
    sizes = {entry["name"]: entry["size"] for entry in booted_vm.report["credentials"]}
    assert {name: sizes[name] for name in ("API_KEY", "DB_PASSWORD", "JWT_SECRET")} == {
        "API_KEY": 44,
        "DB_PASSWORD": 44,
        "JWT_SECRET": 88,
    }


def test_guest_runs_the_systemd_that_it_is_said_to(booted_vm: Vm) -> None:
    """Otherwise the limits of another version would be the ones tested (W15)."""
    version = booted_vm.report.get("systemd")
    expected = booted_vm.guest.systemd
    assert version == (None if expected is None else str(expected))


def test_guests_own_unit_shows_what_arrived(booted_vm: Vm) -> None:
    """R24, R26-R28, R30: seen from the host, by way of the console."""
    if booted_vm.guest.systemd is None:
        assert f"{len(booted_vm.secrets) + len(STATIC) + 1} credentials in /run/credentials" in console(booted_vm)
        return
    shown = [line.split("]: ", 1)[-1].strip() for line in console(booted_vm).splitlines() if "show-credentials" in line]
    assert "OEM String Credentials" in shown
    for name in ("API_KEY", "DB_PASSWORD", "JWT_SECRET", *STATIC):
        assert name in shown
    for name, value in STATIC.items():
        assert f"{name:<11} = {value}" in shown
    for name, size in {"API_KEY": 44, "DB_PASSWORD": 44, "JWT_SECRET": 88}.items():
        assert f"{name:<11} = {size} bytes" in shown
    assert "All secrets of this guest have arrived." in shown


def test_runner_names_each_secret_that_it_loaded(booted_vm: Vm) -> None:
    """R12: one line each, in the config's order, and no error."""
    lines = booted_vm.place.runner_log.read_text().splitlines()
    loaded = [line for line in lines if line.startswith("✓")]
    assert loaded == [f"✓ Loaded {secret.credential} from credentials" for secret in booted_vm.secrets]
    assert not [line for line in lines if "error" in line]


def test_vm_is_one_process(booted_vm: Vm) -> None:
    """R41, W18: the process that was started has become QEMU, and nothing runs beside it."""
    assert re.match(r"qemu-system-", Path(os.readlink(f"/proc/{booted_vm.pid}/exe")).name)
    assert processes_in(booted_vm.place.work) == [booted_vm.pid]


def test_vm_runs_without_privileges(booted_vm: Vm) -> None:
    """Promise 4; R1: the VM's own user, no capability, no way to get one, no other group than its own."""
    status = process_status(booted_vm.pid)
    user = pwd.getpwnam(USER)
    assert status["Uid"].split() == [str(user.pw_uid)] * 4
    assert status["Gid"].split() == [str(user.pw_gid)] * 4
    assert set(status["Groups"].split()) <= {str(group) for group in os.getgrouplist(USER, user.pw_gid)}
    for kind in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[kind], 16) == 0, kind
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"


def test_vm_may_not_dump_core(booted_vm: Vm) -> None:
    """Promise 1: a limit of 1 byte also keeps the kernel from piping a dump to a crash reporter (core(5))."""
    limits = Path(f"/proc/{booted_vm.pid}/limits").read_text()
    found = re.search(r"^Max core file size +(\d+) +(\d+) +bytes", limits, re.MULTILINE)
    assert found and all(int(limit) <= 1 for limit in found.groups())


def test_runtime_directory_is_closed_to_others(booted_vm: Vm) -> None:
    """Promise 4: whoever can open the sockets in there controls the guest."""
    status = booted_vm.runtime.stat()
    assert stat.S_IMODE(status.st_mode) == 0o700
    assert status.st_uid == pwd.getpwnam(USER).pw_uid


def test_sources_stay_as_they_were(booted_vm: Vm) -> None:
    """Promise 5; R1: root:root 0400, and not rewritten."""
    for secret in booted_vm.secrets:
        path = booted_vm.source(secret)
        status = path.stat()
        assert (status.st_uid, status.st_gid, stat.S_IMODE(status.st_mode)) == (0, 0, 0o400)
        assert path.read_bytes() == secret.value


def test_vms_user_cannot_read_the_sources(booted_vm: Vm) -> None:
    """R2, R43: not even while it runs a VM that was given what is in them."""
    as_user = ["setpriv", "--reuid", USER, "--regid", USER, "--clear-groups"]
    for secret in booted_vm.secrets:
        read = subprocess.run(
            [*as_user, "cat", booted_vm.source(secret)], capture_output=True, env=os.environ | {"LC_ALL": "C"}, check=False
        )
        assert read.returncode != 0 and read.stdout == b""
        assert b"Permission denied" in read.stderr


def test_nothing_leaks_while_the_vm_runs(booted_vm: Vm) -> None:
    """Promise 1; R46-R48, W1, W2: argv, environ, open files, directories, logs, console."""
    assert booted_vm.process is not None and booted_vm.process.poll() is None
    assert booted_vm.search_for_leaks() == []


def test_stop_shuts_the_guest_down(booted_vm: Vm) -> None:
    """The guest's own shutdown ran to its end, and the unit that runs the VM would be seen to succeed (R98)."""
    end = booted_vm.end
    assert end.stop.returncode == 0, end.stop.stderr
    assert end.exit_code == 0
    assert end.by_guest, "the guest did not shut down by itself"
    assert "reboot: Power down" in console(booted_vm)
    if booted_vm.guest.systemd is not None:
        assert "poweroff.target" in console(booted_vm)


def test_nothing_is_left_when_the_vm_has_ended(booted_vm: Vm) -> None:
    """Promise 1; R9, R50: no process, no file, no log line."""
    assert booted_vm.end.exit_code == 0
    assert processes_in(booted_vm.place.work) == []
    assert booted_vm.search_for_leaks() == []
