# SPDX-License-Identifier: Apache-2.0
"""When the provider dies, or can't do its work: a VM fails and says why, and never starts with less than all (W25).

The VM is a stand-in, which is strict about what it gets; the tests read that from its memory.
"""

import base64
import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from testhost import CONFIG, TestHost, unit

VM = "stored"
UNIT = unit(VM)
PROVIDER = "vmcred-provider.service"
IDENTITY = "/etc/vmcred/identity.txt"
STORE = "/etc/vmcred/vars"
SHARED = f"{STORE}/per-machine/{VM}"
AWAY = "/etc/vmcred/away"
COUNT = 30
LARGER_THAN_A_SOCKET = 250_000
STATUS_CREDENTIALS = 243

GENERATOR = """
[generators.large]
files.large = {}
script = "openssl rand -base64 200000 | tr -d '\\\\n' > $out/large"

"""


def config(host: TestHost, *host_settings: str) -> str:
    """A VM with many secrets of the store, one of which is more than a socket holds."""
    secrets = {f"s{number}": '{ random = "base64:32" }' for number in range(COUNT)}
    secrets["large"] = '{ generator = "large" }'
    vm = [line for line in host.stand_in_config(VM, secrets=secrets).splitlines() if "path =" not in line]
    sections = [f'[store]\nidentity = "{IDENTITY}"\n', "[host]", *host_settings, GENERATOR, *vm]
    return "\n".join(sections) + "\n"


@pytest.fixture(scope="module")
def host(stand_in_host: TestHost) -> Iterator[TestHost]:
    """A host with a store, and a VM of its secrets."""
    container = stand_in_host.container
    container.write(CONFIG, config(stand_in_host))
    container.run("vmcred", "age", "keygen", "-o", IDENTITY)
    container.run("vmcred", "vars", "keygen", "--user", "admin")
    container.run("vmcred", "vars", "generate")
    for name in (*(f"s{number}" for number in range(COUNT)), "large"):
        value = container.run_bytes("vmcred", "vars", "get", VM, f"{name}/{name}").stdout
        assert len(value) > (LARGER_THAN_A_SOCKET if name == "large" else 40)
        stand_in_host.values[f"{VM}/{name}"] = value
    stand_in_host.write_config(config(stand_in_host))
    yield stand_in_host
    container.run("systemctl", "stop", "vmcred-provider.socket", PROVIDER)
    container.run("rm", "-r", "/etc/vmcred")
    stand_in_host.values.clear()


@pytest.fixture(autouse=True)
def clear(host: TestHost) -> Iterator[None]:
    """Each test begins with a provider that is well, and no VM."""
    host.write_config(config(host))
    yield
    host.clear()


def missing_in(host: TestHost) -> list[str]:
    """The secrets that the VM has not got, or not wholly. It runs, or soon will."""
    host.wait_for_stand_in(VM)
    received = host.received(VM)
    own = f"{VM}/"  # the host's other values are those of tests before
    wanted = {key.removeprefix(own): value for key, value in host.values.items() if key.startswith(own)}
    large = wanted.pop("large")  # comes as it is, in a file of its own
    strings = {name: b"binary:%s=%s\0" % (name.upper().encode(), base64.b64encode(wanted[name])) for name in wanted}
    missing = [name for name, string in strings.items() if string not in received]
    return missing if large in received else [*missing, "large"]


def expect_success(host: TestHost) -> None:
    """A start by hand works, with all values."""
    host.container.run("vmcred", "vm", "start", VM, timeout=240)
    assert missing_in(host) == []
    host.stop(VM)


def starts_of_stand_in(host: TestHost) -> int:
    return host.console_of(VM).count("stand-in: ")


def provider_is_asked(host: TestHost) -> bool:
    """Does a unit wait for its answer?"""
    lines = host.container.read("/proc/net/unix").splitlines()
    return any(re.search(r" 03 +[0-9]+ /run/vmcred/provider\.sock$", line) for line in lines)


@pytest.mark.parametrize("killed", ["main", "all"])
def test_w25_a_provider_that_is_killed_while_it_serves_starts_no_vm(
    host: TestHost, killed: str
) -> None:
    """`all`: with its guard, which may have begun to refuse. systemd takes that for a value; the runner does not."""
    container = host.container
    expect_success(host)
    host.write_config(config(host, "wait_for_secrets = 60"))
    with start_that_waits(host):
        container.run("systemctl", "kill", f"--kill-whom={killed}", "--signal=KILL", PROVIDER)
        container.wait_until(lambda: sub_state(host) in ("auto-restart", "failed"), "end of the start", 30)
        assert container.properties(UNIT, "Result")["Result"] == "exit-code"
        journal = container.journal("--unit", UNIT)
        if killed == "main":
            assert "243/CREDENTIALS" in journal
        else:
            assert re.search(r"243/CREDENTIALS|secret 's7': .*(is empty|beginning of a refusal)", journal)
    expect_success(host)


def test_w25_a_refusal_that_is_cut_off_is_no_secret(host: TestHost) -> None:
    """Who reads it is stopped until the guard, too, is dead, which has sent what goes into a socket."""
    container = host.container
    expect_success(host)
    host.write_config(config(host, "wait_for_secrets = 60"))
    with start_that_waits(host):
        group = container.properties(UNIT, "ControlGroup")["ControlGroup"]
        readers = container.read(f"/sys/fs/cgroup{group}/cgroup.procs").split()
        container.run("kill", "-STOP", *readers)
        container.run("systemctl", "kill", "--kill-whom=main", "--signal=KILL", PROVIDER)
        time.sleep(1)
        container.run("systemctl", "kill", "--kill-whom=all", "--signal=KILL", PROVIDER)
        container.run("kill", "-CONT", *readers)
        container.wait_until(lambda: sub_state(host) in ("auto-restart", "failed"), "end of the start", 30)
        journal = container.journal("--unit", UNIT)
        assert re.search(r"secret 's7': .* is no value but the beginning of a refusal", journal)
    expect_success(host)


@contextmanager
def start_that_waits(host: TestHost) -> Iterator[None]:
    """Meanwhile a start of the VM waits for a secret that is not there yet. Expects that it comes to nothing."""
    container = host.container
    before = starts_of_stand_in(host)
    container.run("mv", f"{SHARED}/s7", AWAY)
    try:
        container.run("systemctl", "--no-block", "start", UNIT)
        container.wait_until(lambda: waits_for_answer(host), "question to the provider", 30)
        yield
        assert starts_of_stand_in(host) == before
    finally:
        container.run("systemctl", "stop", UNIT)
        container.run("mv", AWAY, f"{SHARED}/s7")


def waits_for_answer(host: TestHost) -> bool:
    """Is it the secret that is not there, and not one of those that are answered at once?"""
    first = provider_is_asked(host)
    time.sleep(1)
    return first and provider_is_asked(host)


def sub_state(host: TestHost) -> str:
    return host.container.properties(UNIT, "SubState")["SubState"]


# Now and then there is none to kill. That some kills come in time, the test itself demands.
KILL_AT_ANY_MOMENT = """
while [[ ! -e /tmp/enough ]]; do
  sleep 0.$((RANDOM % 3))$((RANDOM % 10))
  systemctl kill --kill-whom=main --signal=KILL vmcred-provider.service 2>/dev/null || true
  systemctl reset-failed vmcred-provider.service vmcred-provider.socket 2>/dev/null || true
done
"""


@pytest.mark.long
def test_w25_whenever_the_provider_is_killed_a_vm_has_all_its_secrets_or_does_not_run(
    host: TestHost
) -> None:
    container = host.container
    before = starts_of_stand_in(host)
    outcomes: list[bool] = []
    container.run("rm", "-f", "/tmp/enough")
    with ThreadPoolExecutor() as pool:
        killing = pool.submit(container.run, "bash", "-euc", KILL_AT_ANY_MOMENT, timeout=600)
        try:
            while len(outcomes) < 40 or (all(outcomes) and len(outcomes) < 300):  # until it was killed in time once
                container.run("systemctl", "reset-failed", UNIT, check=False)
                done = container.run("systemctl", "start", UNIT, check=False, timeout=240)
                outcomes.append(done.returncode == 0)
                if done.returncode == 0:
                    assert missing_in(host) == []
                container.run("systemctl", "stop", UNIT, timeout=240)
        finally:
            container.run("touch", "/tmp/enough")
        killing.result()
    print(f"{outcomes.count(True)} started, {outcomes.count(False)} failed")
    assert starts_of_stand_in(host) - before == outcomes.count(True)
    assert True in outcomes and False in outcomes, "it was never killed while it served, or always"
    container.run("rm", "/tmp/enough")
    container.run("systemctl", "reset-failed")
    expect_success(host)


@dataclass(frozen=True)
class Fault:
    """What keeps the provider from its work, what is said about it, and what mends it."""

    break_it: str
    mend_it: str
    reason: str
    advice: str


FAULTS = {
    "store unreadable": Fault(
        f"chmod 0700 {STORE}", f"chmod 0755 {STORE}", "permission denied", f"chmod -R a+rX {STORE}"
    ),
    "store missing": Fault(
        f"mv {STORE} {STORE}.away", f"mv {STORE}.away {STORE}", f"there is no {STORE}", "restore or mount it"
    ),
    "secret missing": Fault(
        f"mv {SHARED}/s3 {AWAY}", f"mv {AWAY} {SHARED}/s3", "not in the store yet", "vmcred vars generate"
    ),
    "identity of somebody else": Fault(
        f"mv {IDENTITY} {IDENTITY}.away; vmcred age keygen -o {IDENTITY}; systemctl restart {PROVIDER}",
        f"mv {IDENTITY}.away {IDENTITY}; systemctl restart {PROVIDER}",
        "others",
        "vmcred vars",
    ),
    "identity without a key": Fault(
        f"mv {IDENTITY} {IDENTITY}.away; echo nonsense > {IDENTITY}; systemctl restart {PROVIDER}",
        f"mv {IDENTITY}.away {IDENTITY}; systemctl restart {PROVIDER}",
        "no identity to decrypt with",
        "store.identity",
    ),
    "identity missing": Fault(
        f"mv {IDENTITY} {IDENTITY}.away; systemctl stop {PROVIDER}",
        f"mv {IDENTITY}.away {IDENTITY}",
        f"{IDENTITY}: no such file",
        "systemctl status " + PROVIDER,
    ),
}


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_r11_r98_a_provider_that_cannot_serve_fails_the_vm_and_says_what_mends_it(
    host: TestHost, fault: Fault
) -> None:
    container = host.container
    before = starts_of_stand_in(host)
    container.shell(fault.break_it)
    try:
        done = container.run("vmcred", "vm", "start", VM, check=False, timeout=240)
        shown = container.run("vmcred", "vm", "status", VM).stdout
        print(done.stderr + shown)
        assert done.returncode != 0
        assert starts_of_stand_in(host) == before
        (status,) = json.loads(container.run("vmcred", "vm", "status", "--json", VM).stdout)
        journal = container.journal("--unit", UNIT, "--unit", PROVIDER)
    finally:
        container.run("systemctl", "stop", UNIT)
        container.shell(fault.mend_it)
    for told in (done.stderr, shown, status["refusal"]):
        assert fault.reason in told
        assert fault.advice in told
    assert f"status={STATUS_CREDENTIALS}/CREDENTIALS" in journal
    expect_success(host)
    (status,) = json.loads(container.run("vmcred", "vm", "status", "--json", VM).stdout)
    assert status["refusal"] == ""


def test_nothing_of_that_can_be_found_on_the_host(host: TestHost) -> None:
    assert host.search_for_leaks(None) == []
