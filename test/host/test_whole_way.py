# SPDX-License-Identifier: Apache-2.0
"""From vmcred.toml to the seeds' demo unit in the guest: what an operator sees of a VM that runs."""

import json
import re

from container import status_of
from testhost import SECRET_LENGTHS, STATIC, TestHost, source, unit

VM = "test-vm"
UNIT = unit(VM)
NOBODY, DAEMON = "65534", "1"
CREDENTIALS = f"/run/credentials/{UNIT}"
HOST_NAMES = [f"host-{name}" for name in SECRET_LENGTHS]
GUEST_NAMES = [name.upper().replace("-", "_") for name in SECRET_LENGTHS] + list(STATIC)


# ---- permissions: the unit's user, the sources, the credentials directory


def test_r1_sources_keep_owner_group_and_mode(demo_host: TestHost) -> None:
    for name in SECRET_LENGTHS:
        shown = demo_host.container.run("stat", "--format=%U:%G %a", source(VM, name)).stdout.strip()
        assert shown == "root:root 400"


def test_r2_the_vms_user_cannot_read_a_source_itself(demo_host: TestHost) -> None:
    done = demo_host.container.run("cat", source(VM, "api-key"), user=demo_host.uid(), check=False)
    assert done.returncode != 0
    assert "Permission denied" in done.stderr


def test_r4_r5_r59_r86_systemctl_cat_and_show_name_each_credential_and_its_source(demo_host: TestHost) -> None:
    wanted = [f"host-{name}:{source(VM, name)}" for name in SECRET_LENGTHS]
    text = demo_host.container.run("systemctl", "cat", UNIT).stdout
    assert [line.removeprefix("LoadCredential=") for line in text.splitlines() if "LoadCredential=" in line] == wanted
    # Of what it has, systemctl shows no more than "[unprintable]" up to systemd 257 at least; the bus tells.
    assert "LoadCredential=" in demo_host.container.run("systemctl", "show", UNIT, "--property=LoadCredential").stdout
    manager = ["org.freedesktop.systemd1", "/org/freedesktop/systemd1", "org.freedesktop.systemd1.Manager"]
    found = demo_host.container.run("busctl", "call", "--json=short", *manager, "GetUnit", "s", UNIT).stdout
    service = ["org.freedesktop.systemd1", json.loads(found)["data"][0], "org.freedesktop.systemd1.Service"]
    shown = demo_host.container.run("busctl", "get-property", "--json=short", *service, "LoadCredential").stdout
    assert sorted(":".join(pair) for pair in json.loads(shown)["data"]) == sorted(wanted)


def test_r6_r9_w5_the_credentials_directory_is_in_memory_and_for_the_units_user_alone(demo_host: TestHost) -> None:
    host = demo_host.container
    kind = host.run("stat", "--file-system", "--format=%T", CREDENTIALS).stdout.strip()
    assert kind in ("ramfs", "tmpfs")
    assert sorted(host.run("ls", CREDENTIALS).stdout.split()) == sorted(HOST_NAMES)
    for name in HOST_NAMES:
        owner, mode = host.run("stat", "--format=%U %a", f"{CREDENTIALS}/{name}").stdout.split()
        rules = host.run("getfacl", "--omit-header", "--numeric", "--absolute-names", f"{CREDENTIALS}/{name}").stdout
        if kind == "ramfs":
            assert mode == "400"
        else:  # systemd 254 and later grant the user by ACL, whose mask shows up as the group's bits
            assert (owner, mode) == ("root", "440")
            assert re.search(rf"^user:{demo_host.uid()}:r--$", rules, re.MULTILINE)
            assert "group::---" in rules
        assert "other::---" in rules


def test_r8_another_user_cannot_read_the_credentials_directory(demo_host: TestHost) -> None:
    for user in (NOBODY, DAEMON):
        done = demo_host.container.run("cat", f"{CREDENTIALS}/host-api-key", user=user, check=False)
        assert "Permission denied" in done.stderr


# ---- the runner and the VMM


def test_r12_r87_r92_the_journal_says_which_secrets_were_loaded_and_no_value(demo_host: TestHost) -> None:
    journal = demo_host.container.journal("--unit", UNIT)
    for name in GUEST_NAMES[: len(SECRET_LENGTHS)]:
        assert re.search(rf"✓ Loaded {name} from credentials", journal), name
    assert "Permission denied" not in journal
    assert "not found in credentials directory" not in journal


def test_r13_r46_r47_the_vmm_runs_as_the_vms_user_without_a_secret_in_its_arguments(demo_host: TestHost) -> None:
    pid = demo_host.main_pid()
    status = status_of(pid)
    assert "qemu-system" in (demo_host.container.path(f"/proc/{demo_host.inner_pid()}/cmdline")).read_text()
    assert demo_host.uid() != "0"
    assert int(status["CapEff"], 16) == 0
    assert status["NoNewPrivs"] == "1"
    assert demo_host.search_for_leaks() == []


def test_r8_the_unit_has_a_user_of_its_own(demo_host: TestHost) -> None:
    name = demo_host.container.run("getent", "passwd", demo_host.uid()).stdout.split(":")[0]
    assert name == f"microvm-{VM}"


# ---- the guest


def test_r24_r25_every_credential_arrives_with_its_length(demo_host: TestHost) -> None:
    report = demo_host.report
    sizes = {credential["name"]: credential["size"] for credential in report["credentials"]}
    wanted = {name.upper().replace("-", "_"): length for name, length in SECRET_LENGTHS.items()}
    assert sizes == wanted | {name: len(value) for name, value in STATIC.items()}
    assert report["verified"] == report["expected"] == len(GUEST_NAMES)


def test_r26_r27_r28_r30_the_demo_units_words_are_in_the_hosts_journal(demo_host: TestHost) -> None:
    journal = demo_host.container.run("sh", "-c", f"journalctl -u {UNIT} | grep -A30 'OEM String Credentials'").stdout
    for name in GUEST_NAMES:
        assert re.search(rf"\b{name}\b", journal), name
    assert re.search(r"API_KEY += 44 bytes", journal)
    assert re.search(r"JWT_SECRET += 88 bytes", journal)
    assert re.search(r"CLUSTER += britton-desktop", journal)
    assert "All secrets of this guest have arrived." in journal


# ---- what operators look at


def test_r79_r90_r101_the_unit_is_active_and_its_status_can_be_read(demo_host: TestHost) -> None:
    host = demo_host.container
    assert host.run("systemctl", "is-active", UNIT).stdout.strip() == "active"
    status = host.run("systemctl", "status", "--no-pager", UNIT).stdout
    assert f"microvm@{VM}.service" in status
    assert "qemu-system" in status


def test_r87_an_unprivileged_look_at_the_unit_shows_no_value(demo_host: TestHost) -> None:
    for words in (["systemctl", "show", UNIT], ["systemctl", "cat", UNIT], ["systemctl", "status", "-n100", UNIT]):
        shown = demo_host.container.run_bytes(*words).stdout
        assert shown
        assert not [name for name, value in demo_host.values.items() if value in shown]
