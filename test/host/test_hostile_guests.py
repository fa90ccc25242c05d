# SPDX-License-Identifier: Apache-2.0
"""Guests that never get ready, or say more than they should: by the notify socket or on the console (R79, W24)."""

import json
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from leftovers import all_that_is_there, new_things
from testhost import TestHost, unit

VM = "hostile"
UNIT = unit(VM)
NOBODY = "65534"
VSOCK_PROGRAM = "/usr/bin/vhost-device-vsock"
# Without another try after a failure.
ONCE = f"/run/systemd/system/{UNIT}.d/once.conf"

FLOOD_SECONDS = 5.0
SHOUTS = 3500
# docs/running.md: what PID 1 gets of each kind, as the allowance at the beginning and a second's.
STATUS_AT_ONCE = STATUS_PER_SECOND = 10
OTHERS_AT_ONCE, OTHERS_PER_SECOND = 40, 20
CONNECTIONS = 16


@pytest.fixture
def host(stand_in_host: TestHost, cleared: None) -> Iterator[TestHost]:
    """A host with the sources of the VM's secrets."""
    if not stand_in_host.container.succeeds("test", "-x", VSOCK_PROGRAM):
        pytest.skip("the program vhost-device-vsock is absent: test/tools/fetch-tools fetches it")
    for vm in (VM, "another"):
        stand_in_host.write_sources(vm)
    yield stand_in_host
    stand_in_host.container.run("systemctl", "log-level", "info")


def begin(host: TestHost, *settings: str) -> None:
    """Starts a VM whose guest is this test: it says what it likes to the relay. The unit waits for READY=1."""
    host.write_config(
        host.stand_in_config(VM, "vsock.cid = 3", 'vsock.device = "vhost-user"', *settings)
        + host.stand_in_config("another")
    )
    host.container.run("systemctl", "--no-block", "start", UNIT)
    host.wait_for_stand_in(VM)


def notify_socket(host: TestHost) -> str:
    """Where vhost-device-vsock would connect for the guest."""
    return str(host.container.path(f"/run/vmcred/{VM}/vsock.sock_9999"))


def say(address: str, message: bytes) -> None:
    """One message, as the guest's PID 1 sends it. Waits a moment for the relay to take it."""
    with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
        connection.settimeout(1)
        connection.connect(address)
        connection.sendall(message)
        connection.recv(1)


def relay(host: TestHost) -> int:
    """The process that hears the guest."""
    found = [pid for pid in host.container.processes() if comm(pid) == "vmcred-notify"]
    assert len(found) == 1
    return found[0]


def comm(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ---- never ready


def test_r79_a_guest_that_never_gets_ready_fails_the_unit_in_time_and_leaves_nothing(host: TestHost) -> None:
    container = host.container
    container.write(ONCE, "[Service]\nRestart=no\n")
    begin(host, "start_timeout = 60")  # makes the state directory
    container.run("systemctl", "stop", UNIT)
    before = all_that_is_there(container)
    started = time.monotonic()
    begin(host, "start_timeout = 3")
    # What must not help: it is systemd's service, not the guest's.
    for line in (b"EXTEND_TIMEOUT_USEC=600000000", b"WATCHDOG=1", b"MAINPID=1", b"READY=0", b"READY=1x", b" READY=1"):
        say(notify_socket(host), line)
    assert host.state(VM) == "activating"
    assert host.settle(VM) == "failed"
    assert time.monotonic() - started < 30
    assert container.properties(UNIT, "Result")["Result"] == "timeout"
    assert re.search(r"failed: +timeout", container.run("vmcred", "vm", "status", VM).stdout)
    assert new_things(container, before) == []
    container.run("rm", ONCE)
    container.run("systemctl", "daemon-reload")
    begin(host)
    say(notify_socket(host), b"READY=1")
    assert host.settle(VM) == "active"


def test_w24_ready_is_heard_from_the_guest_alone(host: TestHost) -> None:
    container = host.container
    begin(host)
    user = host.uid(VM)
    container.run("systemctl", "start", unit("another"))
    claim = ["env", "NOTIFY_SOCKET=/run/systemd/notify", "systemd-notify", "--ready", "--status=fake"]
    container.run(*claim, check=False)
    connect = 'use Socket; socket(S, PF_UNIX, SOCK_STREAM, 0); connect(S, pack_sockaddr_un($ARGV[0])) or die "$!\\n"'
    for somebody in (NOBODY, user, host.uid("another")):
        container.run(*claim, user=somebody, check=False)
        if somebody != user:
            path = f"/run/vmcred/{VM}/vsock.sock_9999"
            assert "Permission denied" in container.run("perl", "-e", connect, path, user=somebody, check=False).stderr
    time.sleep(0.5)
    shown = container.properties(UNIT, "ActiveState", "StatusText")
    assert shown == {"ActiveState": "activating", "StatusText": "Starting the guest"}


# ---- too much


FLOOD = (
    b"STATUS=\x1b[31mred\x07" + b"x" * 3000,
    b"STATUS=one\nSTATUS=two\nX_SYSTEMD_UNIT_ACTIVE=a.target\nX_SYSTEMD_UNIT_INACTIVE=b.target\nEXIT_STATUS=1",
    b"READY=1" + b"x" * 5000,
    b"STATUS=" + b"y" * 100_000,
    b"\0" * 4096,
    b"MAINPID=1\nFDSTORE=1\nFDNAME=x\nERRNO=5\nSTOPPING=1\nRELOADING=1",
    b"WATCHDOG=trigger\nNOTIFYACCESS=none\nBUSERROR=x\nEXTEND_TIMEOUT_USEC=600000000",
    b"X_SYSTEMD_UNIT_ACTIVE=" + b"z" * 250,
    b"",
)


def flood(address: str, until: float, counts: list[int]) -> None:
    """Connects and talks as fast as it can."""
    sent = 0
    while time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as connection, suppress(OSError):
            connection.settimeout(0.2)
            connection.connect(address)
            connection.send(b"STATUS=%d" % sent if sent % 2 else FLOOD[sent // 2 % len(FLOOD)])
            sent += 1
    counts.append(sent)


def hold(address: str, until: float, counts: list[int]) -> None:
    """Opens connections without a word, thousands of them."""
    held: list[socket.socket] = []
    tried = 0
    while time.monotonic() < until:
        connection = socket.socket(socket.AF_UNIX)
        connection.setblocking(False)
        with suppress(OSError):
            connection.connect(address)
            held.append(connection)
        tried += 1
        del held[:-500]  # those before are closed
        time.sleep(0.0005)
    counts.append(tried)


def under_flood(host: TestHost, meanwhile: Callable[[], None]) -> float:
    """Does something while the guest floods the relay. Gives how long the flood took."""
    begun = time.monotonic()
    until, counts = begun + FLOOD_SECONDS, list[int]()
    ways = [flood, flood, flood, hold]
    threads = [threading.Thread(target=way, args=(notify_socket(host), until, counts)) for way in ways]
    for thread in threads:
        thread.start()
    meanwhile()
    for thread in threads:
        thread.join()
    print(f"messages or connections tried: {counts}")
    assert sum(counts) > 1000
    return time.monotonic() - begun


def test_w24_a_guest_that_floods_the_notify_socket_gets_no_more_than_its_share(host: TestHost) -> None:
    container = host.container
    begin(host)
    container.run("systemctl", "log-level", "debug")  # PID 1 writes down each message
    hearing = relay(host)
    main_pid = host.main_pid(VM)
    memory, cpu, systemds_cpu = resident_bytes(hearing), cpu_seconds(hearing), cpu_seconds(container.leader)
    answers: list[float] = []
    descriptors: list[int] = []

    def use_systemd() -> None:
        for _ in range(3):
            begun = time.monotonic()
            container.run("systemctl", "restart", unit("another"))
            answers.append(time.monotonic() - begun)
            descriptors.append(len(list(Path(f"/proc/{hearing}/fd").iterdir())))

    since = time.time()
    seconds = under_flood(host, use_systemd)
    passed = messages_to_systemd(host, since)
    cpu, systemds_cpu = cpu_seconds(hearing) - cpu, cpu_seconds(container.leader) - systemds_cpu
    growth = resident_bytes(hearing) - memory
    statuses = [message for message in passed if re.search(r"(^|, )STATUS=", message)]
    others = re.findall(r"X_SYSTEMD_UNIT_|EXIT_STATUS=", " ".join(passed))
    print(f"{len(statuses)} STATUS= and {len(others)} others in {seconds:.1f} s")
    print(f"CPU of relay {cpu:.2f} s, PID 1 {systemds_cpu:.2f} s; relay +{growth} bytes")
    print(f"restarts of another VM took {answers}; descriptors of the relay {descriptors}")
    assert 0 < len(statuses) <= STATUS_AT_ONCE + STATUS_PER_SECOND * seconds + 2
    assert 0 < len(others) <= OTHERS_AT_ONCE + OTHERS_PER_SECOND * seconds
    assert not re.search("MAINPID|FDSTORE|STOPPING|RELOADING|WATCHDOG|NOTIFYACCESS|ERRNO|BUSERROR", " ".join(passed))
    assert growth <= 1 << 20
    assert max(descriptors) <= CONNECTIONS + 8
    assert cpu <= 0.2 * seconds
    assert max(answers) < 10

    shown = container.properties(UNIT, "ActiveState", "MainPID", "NotifyAccess", "StatusText", "NFileDescriptorStore")
    assert (shown["ActiveState"], shown["NotifyAccess"], shown["NFileDescriptorStore"]) == ("activating", "all", "0")
    assert host.main_pid(VM) == main_pid
    assert re.fullmatch(r"[ -~]{0,200}", shown["StatusText"])
    assert "\x1b" not in container.run("systemctl", "status", "--no-pager", UNIT, check=False).stdout
    status = container.run("vmcred", "vm", "status", VM).stdout
    assert re.search(r"says: +(\?\[31mred\?x+|one|[0-9]+|y+)$", status, re.MULTILINE)

    # And the guest can still say what it has to say.
    say(notify_socket(host), b"READY=1\nSTATUS=Ready.")
    container.wait_until(lambda: host.state(VM) == "active", "readiness after the flood", 20)
    assert container.properties(UNIT, "StatusText")["StatusText"] == "Ready."


def messages_to_systemd(host: TestHost, since: float) -> list[str]:
    """The notifications of the unit's that PID 1 has taken: their lines, with commas between."""
    host.container.run("systemctl", "log-level", "info")
    said = host.container.journal(f"--since=@{since:.3f}", "_PID=1", "--output=cat")
    return re.findall(rf"{re.escape(UNIT)}: Got notification message from PID [0-9]+(?:: | \()(.*)", said)


# ---- the console


def lines_of(host: TestHost, *matches: str) -> list[dict[str, object]]:
    """What the journal has with these fields."""
    host.container.run("journalctl", "--sync")
    text = host.container.run("journalctl", "--no-pager", "--output=json", *matches).stdout
    return [json.loads(line) for line in text.splitlines()]


def test_w24_r94_r95_r96_what_a_guest_writes_to_its_console_trips_no_alert(host: TestHost) -> None:
    container = host.container
    config = host.stand_in_config(VM)
    assert "mitigations=off" in config
    host.write_config(config.replace("mitigations=off", f"stand-in.shout={SHOUTS}"))
    begun = time.monotonic()
    container.run("systemctl", "start", UNIT)
    container.wait_until(lambda: "stand-in: has shouted" in host.console_of(VM), "end of the shouting", 120)
    print(f"shouted for {time.monotonic() - begun:.1f} s")
    shouted = lines_of(host, f"_SYSTEMD_UNIT={UNIT}")
    assert len(shouted) > SHOUTS
    assert {line["PRIORITY"] for line in shouted} == {"6"}
    assert {line["_TRANSPORT"] for line in shouted} == {"stdout"}
    assert not {line["_PID"] for line in shouted} & {"1"}
    # The alerts of docs/units.md.
    assert container.run("systemctl", "is-active", UNIT).stdout.strip() == "active"
    assert lines_of(host, "_PID=1", f"UNIT={UNIT}", "PRIORITY=3", "PRIORITY=4", "MESSAGE=shouted") == []
    assert lines_of(host, "VMCRED_RESULT=granted", f"_SYSTEMD_UNIT={UNIT}") == []
    assert lines_of(host, "UNIT=microvm@other.service") == []
    assert "\x1b" not in container.run("systemctl", "status", "--no-pager", "--lines=50", UNIT).stdout
    assert "\x1b" not in container.run("vmcred", "vm", "status", VM).stdout


# ---- a real one


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def flooded_host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host with a guest that does both for as long as it runs."""
    with boot_host(request.param, guest="flood") as host:
        if not host.container.succeeds("test", "-x", VSOCK_PROGRAM):
            pytest.skip("the program vhost-device-vsock is absent: test/tools/fetch-tools fetches it")
        host.write_sources(VM)
        settings = ["guest.systemd = 252", "vsock.cid = 3", 'vsock.device = "vhost-user"', "start_timeout = 240"]
        host.write_config(host.vm_config(VM, *settings).replace("mitigations=off", 'mitigations=off", "flood.ready'))
        host.start(VM)
        yield host


@pytest.mark.long
def test_w24_a_real_guest_that_floods_both_gets_ready_and_is_stopped_like_any_other(flooded_host: TestHost) -> None:
    host, container = flooded_host, flooded_host.container
    container.wait_until(lambda: status_text(host).startswith("FLOOD x"), "flood of the notify socket", 120)
    container.wait_until(lambda: "MESSAGE=FLOOD" in host.console_of(VM), "flood of the console", 120)
    hearing, cpu, begun = relay(host), cpu_seconds(relay(host)), time.monotonic()
    systemds_cpu = cpu_seconds(container.leader)
    time.sleep(5)
    seconds = time.monotonic() - begun
    cpu, systemds_cpu = cpu_seconds(hearing) - cpu, cpu_seconds(container.leader) - systemds_cpu
    print(f"in {seconds:.1f} s: CPU of relay {cpu:.2f} s, PID 1 {systemds_cpu:.2f} s")
    assert cpu <= 0.2 * seconds and systemds_cpu <= 0.5 * seconds
    assert resident_bytes(hearing) <= 16 << 20
    assert re.fullmatch(r"FLOOD x{194}", status_text(host))
    assert host.state(VM) == "active"
    flooding = lines_of(host, f"_SYSTEMD_UNIT={UNIT}", "--lines=1000")
    assert {line["PRIORITY"] for line in flooding} == {"6"}
    assert lines_of(host, "UNIT=microvm@other.service") == []
    assert lines_of(host, "VMCRED_RESULT=granted") == []
    host.stop(VM)
    assert container.properties(UNIT, "ActiveState", "Result") == {"ActiveState": "inactive", "Result": "success"}
    assert host.search_for_leaks(None) == []


def status_text(host: TestHost) -> str:
    return host.container.properties(UNIT, "StatusText")["StatusText"]
