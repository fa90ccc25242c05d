# SPDX-License-Identifier: Apache-2.0
"""Secrets from the store: made on the host, handed over by the provider or as systemd's encrypted files, rotated."""

import json
import subprocess
from collections.abc import Callable, Iterator

import pytest
from testhost import SECRET_LENGTHS, STATIC, TestHost, unit

pytestmark = pytest.mark.long

VM = "test-vm"
UNIT = unit(VM)
IDENTITY = "/etc/vmcred/identity.txt"
SOCKET = "/run/vmcred/provider.sock"

# The seeds' own: a generator of three files, named like the VM (R63, R72, R73).
STORE = f"""
[store]
identity = "{IDENTITY}"

[generators.test-vm-secrets]
files.api-key = {{}}
files.db-password = {{}}
files.jwt-secret = {{}}
script = '''
openssl rand -base64 32 | tr -d '\\n' > "$out/api-key"
openssl rand -base64 32 | tr -d '\\n' > "$out/db-password"
openssl rand -base64 64 | tr -d '\\n' > "$out/jwt-secret"
'''

"""


def store_config(host: TestHost, *settings: str) -> str:
    """A VM whose secrets come from the store, one of them from no generator at all."""
    lines = [
        f"[vms.{VM}]",
        'accelerator = "tcg"',
        "mem = 384",
        f'kernel = "{host.GUEST}/vmlinuz"',
        f'initrd = "{host.GUEST}/initrd"',
        'kernel_params = ["mitigations=off"]',
        "allow_swap = true",
        *settings,
        *(f'secrets.{name} = {{ generator = "test-vm-secrets" }}' for name in SECRET_LENGTHS),
        'secrets.session-key = { random = "base64:32", rotate = "monthly" }',
        *(f'static.{name} = "{value}"' for name, value in STATIC.items()),
    ]
    return STORE + "\n".join(lines) + "\n"


def vars_command(host: TestHost, *words: str) -> str:
    """Runs `vmcred vars` as the administrator who has the key."""
    return host.container.run("vmcred", "vars", *words).stdout


def know_values(host: TestHost) -> None:
    """Takes the store's values as those to search for."""
    for name in ("test-vm-secrets/api-key", "test-vm-secrets/jwt-secret", "session-key/session-key"):
        host.values[name] = host.container.run_bytes("vmcred", "vars", "get", VM, name).stdout
        assert len(host.values[name]) >= 44


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host with a store and the seeds' VM, which runs."""
    with boot_host(request.param) as host:
        host.container.write("/etc/vmcred/vmcred.toml", store_config(host))
        host.container.run("vmcred", "age", "keygen", "-o", IDENTITY)
        vars_command(host, "keygen", "--user", "admin")
        vars_command(host, "generate")
        host.container.run("systemctl", "daemon-reload")
        know_values(host)
        host.start()
        assert host.report["verified"] == 6
        yield host


def test_r104_each_secret_of_the_store_comes_by_the_providers_socket(host: TestHost) -> None:
    text = host.container.run("systemctl", "cat", UNIT).stdout
    for name in (*SECRET_LENGTHS, "session-key"):
        assert f"LoadCredential=host-{name}:{SOCKET}" in text


def test_nothing_of_the_stores_secrets_can_be_seen_on_the_host(host: TestHost) -> None:
    assert host.search_for_leaks() == []


def test_the_journal_has_a_line_with_fields_for_each_grant(host: TestHost) -> None:
    options = ["--unit=vmcred-provider.service", "--output=json"]
    lines = host.container.journal(*options, "VMCRED_RESULT=granted").splitlines()
    granted = {json.loads(line)["VMCRED_CREDENTIAL"] for line in lines}
    assert granted >= {f"host-{name}" for name in (*SECRET_LENGTHS, "session-key")}
    assert {json.loads(line)["VMCRED_UNIT"] for line in lines} == {UNIT}


def test_r8_a_unit_that_the_config_grants_nothing_fails_and_gets_no_byte(host: TestHost) -> None:
    thief = ["systemd-run", "--wait", "--pipe", "--collect", "--unit=thief"]
    thief.append(f"--property=LoadCredential=host-api-key:{SOCKET}")
    done = host.container.run(*thief, "sh", "-c", 'cat "$CREDENTIALS_DIRECTORY/host-api-key"', check=False)
    assert done.returncode != 0
    assert done.stdout == ""
    refusals = host.container.journal("--output=json", "VMCRED_RESULT=refused").splitlines()
    assert "thief.service" in {json.loads(line).get("VMCRED_UNIT") for line in refusals}


# Asks as PID 1 would for a unit, with the unit's name but from a process that is not the unit's, and counts the answer.
LIAR = """
import socket, sys
with socket.socket(socket.AF_UNIX) as asking:
    asking.bind("\\0" + "a1b2/unit/" + sys.argv[2] + "/host-api-key")
    asking.connect(sys.argv[1])
    asking.shutdown(socket.SHUT_WR)
    count = 0
    while part := asking.recv(65536):
        count += len(part)
print(count)
"""


def test_r8_root_that_only_claims_to_be_a_unit_is_refused(host: TestHost) -> None:
    assert host.container.run("stat", "--format=%U %a", SOCKET).stdout.split() == ["root", "600"]
    # The container has no Python; this machine's comes along into its network, where the name is claimed.
    enter = ["nsenter", f"--target={host.container.leader}", "--net", "--"]
    words = ["/usr/bin/python3", "-c", LIAR, host.container.path(SOCKET), UNIT]
    done = subprocess.run([*enter, *words], capture_output=True, text=True, check=False, timeout=60)
    # A refusal is more than a unit may get, without a meaning; or the end of the connection.
    assert done.returncode != 0 or int(done.stdout) > 1 << 20


def test_r97_r102_the_timer_is_there_and_its_service_makes_a_new_value_and_restarts(host: TestHost) -> None:
    timers = host.container.run("systemctl", "list-timers", "--all", "--no-pager").stdout
    assert f"vmcred-rotate@{VM}:session-key.timer" in timers
    timer = f"vmcred-rotate@{VM}:session-key"
    assert host.container.properties(f"{timer}.timer", "Persistent")["Persistent"] == "yes"
    before = host.values["session-key/session-key"]
    vmm = host.main_pid()
    host.container.run("systemctl", "start", f"{timer}.service", timeout=300)
    know_values(host)
    assert host.values["session-key/session-key"] != before
    assert host.main_pid() != vmm
    assert host.report_of(VM)["verified"] == 6
    host.values["old/value"] = before
    assert host.search_for_leaks() == []
    del host.values["old/value"]


def test_a_store_without_its_key_fails_the_start_and_says_why(host: TestHost) -> None:
    host.stop()
    host.container.shell(f"mv {IDENTITY} {IDENTITY}.away; systemctl stop vmcred-provider.service")
    done = host.container.run("systemctl", "start", UNIT, check=False, timeout=240)
    assert done.returncode != 0
    assert "qemu-system" not in host.container.run("ps", "-eo", "comm").stdout
    host.container.shell(f"mv {IDENTITY}.away {IDENTITY}; systemctl reset-failed; systemctl stop {UNIT}")
    host.start()
    assert host.report["verified"] == 6


def test_the_reason_of_a_refusal_is_kept_for_the_unit_until_it_gets_all(host: TestHost) -> None:
    host.stop()
    secret = "/etc/vmcred/vars/per-machine/test-vm/test-vm-secrets/db-password"
    host.container.shell(f"mv {secret} /etc/vmcred/away")
    assert host.container.run("systemctl", "start", UNIT, check=False, timeout=240).returncode != 0
    assert "db-password" in host.container.read(f"/run/vmcred-provider/{UNIT}")
    host.container.shell(f"mv /etc/vmcred/away {secret}; systemctl stop {UNIT}; systemctl reset-failed")
    host.start()
    assert host.report["verified"] == 6
    assert not host.container.succeeds("test", "-e", f"/run/vmcred-provider/{UNIT}")
