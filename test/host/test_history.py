# SPDX-License-Identifier: Apache-2.0
"""Which launch of a VM runs, what makes it outdated, and the way back. The guests need not get far for that."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from testhost import TestHost, source, token, unit

VM = "web"
UNIT = unit(VM)
IDENTITY = "/etc/vmcred/identity.txt"
RECORDS = "/var/lib/vmcred-history"


def config(host: TestHost, mem: int = 64, *settings: str) -> str:
    """A VM with a secret of each kind: from the store, and a file."""
    lines = [
        "[store]",
        f'identity = "{IDENTITY}"',
        f"[vms.{VM}]",
        'accelerator = "tcg"',
        f"mem = {mem}",
        f'kernel = "{host.GUEST}/vmlinuz"',
        "allow_swap = true",
        'extra_args = ["-S"]',  # its processor stands still: what a guest does is no matter here
        "stop_timeout = 1",  # so there is nobody to shut down
        'secrets.session-key = { random = "hex:16" }',
        'secrets.other-key = { random = "hex:16" }',
        f'secrets.api-key = {{ path = "{source(VM, "api-key")}" }}',
        *settings,
    ]
    return "\n".join(lines) + "\n"


def vmcred(host: TestHost, *words: str) -> str:
    return host.container.run("vmcred", *words, timeout=240).stdout


def status(host: TestHost) -> dict[str, Any]:
    return json.loads(vmcred(host, "vm", "status", VM, "--json"))[0]


def launch(host: TestHost) -> dict[str, Any]:
    found = status(host)["launch"]
    assert found is not None, vmcred(host, "vm", "status", VM)
    return found


def is_current(host: TestHost) -> bool:
    """Does it run, and with what a start would take now?"""
    found = status(host)["launch"]
    return found is not None and not found["outdated"]


def runs_with(host: TestHost, mem: int) -> bool:
    """Is that the memory of the hypervisor that runs? False also where none does."""
    command_line = host.container.run_bytes("cat", f"/proc/{host.inner_pid(VM)}/cmdline").stdout
    return f"\0-m\0{mem}M\0".encode() in command_line


def value(host: TestHost, name: str) -> bytes:
    return host.container.run_bytes("vmcred", "vars", "get", VM, f"{name}/{name}").stdout


def wait_for_restart(host: TestHost, before: str) -> None:
    def is_another() -> bool:
        return host.state(VM) == "active" and host.inner_pid(VM) not in ("0", before)

    host.container.wait_until(is_another, "restart by the watch", 60)


@pytest.fixture(scope="module", params=["debian-12", pytest.param("debian-13", marks=pytest.mark.long)])
def machine(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    with boot_host(request.param) as host:
        host.container.write("/etc/vmcred/vmcred.toml", config(host))
        host.container.run("vmcred", "age", "keygen", "-o", IDENTITY)
        vmcred(host, "vars", "keygen", "--user", "admin")
        vmcred(host, "vars", "generate")
        yield host


@pytest.fixture
def host(machine: TestHost) -> Iterator[TestHost]:
    """The VM runs as the config has it, and nothing is known of it but that."""
    machine.write_source(VM, "api-key", token())
    machine.write_config(config(machine))
    machine.start(VM)
    yield machine
    machine.container.shell(f"systemctl stop 'microvm@*.service' 'vmcred-watch@*'; rm -rf {RECORDS} /etc/vmcred/pinned")
    machine.container.run("systemctl", "reset-failed", check=False)


def test_r22_a_vm_that_runs_what_the_config_says_is_current(host: TestHost) -> None:
    found = launch(host)
    assert (found["outdated"], found["secrets"], found["keys"], found["files"], found["unseen"]) == (
        (False, [], [], [], [])
    )
    assert "launch:    current" in vmcred(host, "vm", "status", VM)
    record = json.loads(vmcred(host, "vm", "show", VM, "--booted"))
    assert record["entry"]["mem"] == 64
    assert [secret["name"] for secret in record["secrets"]] == ["session-key", "other-key", "api-key"]
    assert host.container.run("vmcred", "vm", "show", VM, "--previous", check=False).returncode != 0


def test_records_are_roots_and_hold_no_value(host: TestHost) -> None:
    """R8: the VM's user may not even look, let alone forge a launch that root brings back."""
    modes = host.container.run("find", RECORDS, "-printf", "%u %m %y\n").stdout.split("\n")
    assert {mode for mode in modes if mode} == {"root 700 d", "root 600 f"}
    text = host.container.read(f"{RECORDS}/{VM}/booted.json").encode()
    assert value(host, "session-key") not in text and host.values[f"{VM}/api-key"] not in text


def test_r102_a_rotated_secret_makes_it_outdated_and_a_restart_current(host: TestHost) -> None:
    vmcred(host, "vars", "rotate", VM, "session-key")
    assert launch(host)["secrets"] == ["session-key"]
    shown = vmcred(host, "vm", "status", VM)
    assert "launch:    outdated: secret session-key" in shown
    assert f"restart needed: vmcred vm restart {VM}" in shown
    before = host.inner_pid(VM)
    assert "outdated: secret session-key" in host.container.run("vmcred", "vm", "restart", "--outdated").stderr
    assert host.inner_pid(VM) != before
    assert vmcred(host, "vm", "restart", "--outdated", VM) == f"vm {VM}: is current\n"


def test_a_file_of_the_host_counts_by_its_value(host: TestHost) -> None:
    """W8's secret managers write all files anew at each deployment: the same value is no change."""
    host.container.write(source(VM, "api-key"), host.values[f"{VM}/api-key"], mode=0o400)
    assert not launch(host)["outdated"]
    host.write_source(VM, "api-key", token())
    assert launch(host)["secrets"] == ["api-key"]


def test_new_recipients_are_no_change(host: TestHost) -> None:
    vmcred(host, "vars", "rotate", VM)
    vmcred(host, "vm", "restart", VM)
    host.container.shell(f"vmcred age keygen -o /root/other.txt && vmcred age keygen -y /root/other.txt > /root/other.pub")
    recipient = host.container.read("/root/other.pub").strip()
    vmcred(host, "vars", "users", "add", "other", recipient)
    vmcred(host, "vars", "fix")
    assert not launch(host)["outdated"]


def test_r22_rollback_brings_back_the_config_and_the_versions_and_again_undoes_it(host: TestHost) -> None:
    first = {name: value(host, name) for name in ("session-key", "other-key")}
    vmcred(host, "vars", "rotate", VM, "session-key")
    host.write_config(config(host, 96))
    assert launch(host)["keys"] == ["mem"]
    vmcred(host, "vm", "restart", VM)
    second = {name: value(host, name) for name in first}
    assert runs_with(host, 96)
    assert json.loads(vmcred(host, "vm", "show", VM, "--previous"))["entry"]["mem"] == 64

    planned = vmcred(host, "vm", "rollback", VM, "--dry-run")
    assert "would go back to" in planned and "secret session-key" in planned
    assert runs_with(host, 96)
    vmcred(host, "vm", "rollback", VM)
    assert runs_with(host, 64)
    assert {name: value(host, name) for name in first} == first
    assert "pinned since" in vmcred(host, "vm", "show", VM)
    assert status(host)["pinned_since"] != ""
    assert not launch(host)["outdated"]

    vmcred(host, "vm", "rollback", VM)
    assert runs_with(host, 96)
    assert {name: value(host, name) for name in first} == second
    assert status(host)["pinned_since"] == ""


def test_a_pin_ends_with_the_next_change_of_the_entry(host: TestHost) -> None:
    host.write_config(config(host, 96))
    vmcred(host, "vm", "restart", VM)
    vmcred(host, "vm", "rollback", VM)
    assert runs_with(host, 64)
    host.write_config(config(host, 80))
    vmcred(host, "vm", "restart", VM)
    assert runs_with(host, 80)
    host.write_config(config(host, 96))
    vmcred(host, "vm", "restart", VM)
    assert runs_with(host, 96), "whoever writes the old entry again means it"


def test_rollback_after_a_launch_that_never_came_up(host: TestHost) -> None:
    host.write_config(config(host).replace(f"{host.GUEST}/vmlinuz", f"{host.GUEST}/gone"))
    assert host.container.run("systemctl", "restart", UNIT, check=False, timeout=240).returncode != 0
    vmcred(host, "vm", "rollback", VM)
    assert host.state(VM) == "active"
    assert not launch(host)["outdated"]


def test_rollback_says_so_where_there_is_nothing_to_go_back_to(host: TestHost) -> None:
    done = host.container.run("vmcred", "vm", "rollback", VM, check=False)
    assert done.returncode != 0
    assert "has no other launch to go back to" in done.stderr


def test_rollback_refuses_a_version_that_is_gone_unless_secrets_stay(host: TestHost) -> None:
    vmcred(host, "vars", "rotate", VM, "session-key")
    vmcred(host, "vars", "rotate", VM, "session-key")
    host.write_config(config(host, 96))
    done = host.container.run("vmcred", "vm", "rollback", VM, check=False)
    assert done.returncode != 0
    assert "no longer has its version of then" in done.stderr
    kept = value(host, "session-key")
    vmcred(host, "vm", "rollback", VM, "--keep-secrets")
    assert runs_with(host, 64)
    assert value(host, "session-key") == kept


def test_an_interrupted_rollback_goes_on_to_the_same_launch(host: TestHost) -> None:
    vmcred(host, "vars", "rotate", VM, "session-key")
    host.write_config(config(host, 96))
    vmcred(host, "vm", "restart", VM)
    # The hypervisor of then is gone for a while, so the restart fails when all else is done.
    host.container.shell("mv /usr/bin/qemu-system-x86_64 /usr/bin/away")
    assert host.container.run("vmcred", "vm", "rollback", VM, check=False, timeout=240).returncode != 0
    host.container.shell("mv /usr/bin/away /usr/bin/qemu-system-x86_64")
    vmcred(host, "vm", "rollback", VM)
    assert runs_with(host, 64)
    assert not launch(host)["outdated"]
    assert not host.container.succeeds("test", "-e", f"{RECORDS}/{VM}/target.json")


def test_an_entry_that_no_longer_fits_is_refused_before_anything_changes(host: TestHost) -> None:
    text = config(host).replace('secrets.session-key = { random = "hex:16" }', "")
    generator = '[generators.session-key]\nfiles.session-key = {}\nscript = "echo -n x > $out/session-key"\n'
    host.write_config(text.replace(f"[vms.{VM}]", f"{generator}[vms.{VM}]"))
    vmcred(host, "vm", "restart", VM)
    before = host.inner_pid(VM)
    done = host.container.run("vmcred", "vm", "rollback", VM, check=False)
    assert done.returncode != 0
    assert "does not fit the rest of the config" in done.stderr
    assert host.inner_pid(VM) == before
    assert not host.container.succeeds("test", "-e", "/etc/vmcred/pinned")


def test_a_launch_that_nobody_noted_is_not_called_outdated(host: TestHost) -> None:
    """Or each change would restart it for ever."""
    drop_in = f"/run/systemd/system/{UNIT}.d"
    host.container.write(f"{drop_in}/silent.conf", "[Service]\nExecStartPost=\n")
    host.container.run("systemctl", "daemon-reload")
    vmcred(host, "vm", "restart", VM)
    assert json.loads(vmcred(host, "vm", "show", VM, "--booted"))["entry"]["mem"] == 64, "of the run before"
    assert "nobody noted" in vmcred(host, "vm", "status", VM)
    before = host.inner_pid(VM)
    assert "nobody noted" in vmcred(host, "vm", "restart", "--outdated", VM)
    assert host.inner_pid(VM) == before
    host.container.run("rm", "-r", drop_in)


def test_restart_if_changed_restarts_for_each_kind_of_change_and_once(host: TestHost) -> None:
    settings = ("restart_if_changed = true",)
    host.write_config(config(host, 64, *settings))
    vmcred(host, "vm", "restart", VM)
    before = host.inner_pid(VM)
    host.write_source(VM, "api-key", token())
    wait_for_restart(host, before)
    assert host.container.run("systemctl", "is-active", f"vmcred-watch@{VM}.path").stdout.strip() == "active"

    host.container.wait_until(lambda: is_current(host), "its record", 20)
    before = host.inner_pid(VM)
    vmcred(host, "vars", "rotate", VM)
    wait_for_restart(host, before)

    host.container.wait_until(lambda: is_current(host), "its record", 20)
    before = host.inner_pid(VM)
    host.container.write("/etc/vmcred/vmcred.toml", config(host, 96, *settings))
    wait_for_restart(host, before)
    assert runs_with(host, 96)

    before = host.inner_pid(VM)
    time.sleep(5)
    assert host.inner_pid(VM) == before, "nothing has changed since"
    host.container.run("systemctl", "stop", UNIT)
    assert not host.container.succeeds("systemctl", "is-active", "--quiet", f"vmcred-watch@{VM}.path")


def test_the_watch_does_not_restart_what_is_on_its_way_back(host: TestHost) -> None:
    host.write_config(config(host, 64, "restart_if_changed = true"))
    vmcred(host, "vm", "restart", VM)
    vmcred(host, "vars", "rotate", VM, "session-key")
    host.container.wait_until(lambda: is_current(host), "the watch's restart", 60)
    host.write_config(config(host, 96, "restart_if_changed = true"))
    host.container.wait_until(lambda: runs_with(host, 96), "the watch's next restart", 60)
    vmcred(host, "vm", "rollback", VM)
    assert runs_with(host, 64)
    back = host.inner_pid(VM)
    time.sleep(5)
    assert host.inner_pid(VM) == back
    assert json.loads(vmcred(host, "vm", "show", VM, "--previous"))["entry"]["mem"] == 96


def test_a_vm_that_is_not_in_the_config_any_longer_is_listed_and_can_be_stopped(host: TestHost) -> None:
    host.write_config("")
    assert f"{VM}  runs, and is not in the config any longer" in vmcred(host, "vm", "list")
    assert json.loads(vmcred(host, "vm", "list", "--json")) == [{"name": VM, "orphan": True}]
    host.container.run("vmcred", "vm", "stop", VM, "--timeout", "0", check=False)
    host.container.wait_until(lambda: host.state(VM) != "active", "the orphan's end", 30)
    assert vmcred(host, "vm", "list") == "(no VMs in the config)\n"


def test_r11_an_empty_secret_fails_the_start_itself(host: TestHost) -> None:
    """Not only later: the unit is ready when the hypervisor has all secrets."""
    host.stop(VM)
    host.write_source(VM, "api-key", b"")
    assert host.container.run("systemctl", "start", UNIT, check=False, timeout=240).returncode != 0
    assert "api-key" in host.console_of(VM)
    del host.values[f"{VM}/api-key"]
