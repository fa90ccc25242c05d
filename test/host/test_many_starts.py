# SPDX-License-Identifier: Apache-2.0
"""Many starts and stops, and reloads of systemd between them: what is lost, and what is left."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from container import Container
from leftovers import all_that_is_there, descriptors_of_systemd, memory_of_systemd, new_things
from testhost import TestHost, unit

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("cleared")]

VM = "often"
STARTS = 200
STARTS_OF_QEMU = 20
STARTS_UNDER_LOAD = 20
RELOADS = 60
VSOCK_PROGRAM = "/usr/bin/vhost-device-vsock"

# Prints what went wrong, and how each round ended. Without the first line of each round systemd takes so many starts
# for those of a unit that fails.
START_AND_STOP = """
for ((i = 1; i <= $2; i++)); do
  systemctl reset-failed "$1"
  systemctl ${4-} start "$1" || echo "$i: did not start"
  for ((j = 0; j < 300; j++)); do [[ ! -S /run/vmcred/$3/qmp.sock ]] || break; sleep 0.02; done
  [[ -S /run/vmcred/$3/qmp.sock ]] || echo "$i: does not run"
  systemctl stop "$1" || echo "$i: did not stop"
  echo "$(systemctl show -P Result "$1")"
done
"""


def start_and_stop(container: Container, vm: str, times: int, *options: str) -> list[str]:
    """Does it so often. Gives what the unit's end was each time, and what else went wrong."""
    words = ("bash", "-euc", START_AND_STOP, "bash", unit(vm), str(times), vm, *options)
    return container.run(*words, timeout=1800).stdout.splitlines()


def test_what_a_unit_leaves_behind_is_found(stand_in_host: TestHost) -> None:
    """The tests below can fail: of a unit that still runs each kind of thing shows up."""
    container = stand_in_host.container
    before = all_that_is_there(container)
    parts = ("DynamicUser=yes", "RuntimeDirectory=vmcred/left", "StateDirectory=vmcred/left", "SetCredential=a:b")
    options = [f"--property={part}" for part in parts]
    hold = 'use Socket; socket(my $s, PF_UNIX, SOCK_STREAM, 0); bind($s, pack_sockaddr_un("/run/vmcred/left/socket"));'
    memory = 'my $name = "left"; my $fd = syscall(319, $name, 0); sleep 60'
    container.run("systemd-run", "--unit=left", *options, "--", "perl", "-e", hold + memory)
    container.wait_until(lambda: container.succeeds("test", "-S", "/run/vmcred/left/socket"), "socket", 10)
    new = "\n".join(all_that_is_there(container) - before)
    for thing in (
        "control group /sys/fs/cgroup/system.slice/left.service",
        "descriptor of perl: /memfd:left",
        "file d /run/credentials/left.service",
        "file d /var/lib/private/vmcred/left",
        "file s /run/vmcred/left/socket",
        "mount /run/credentials/left.service",
        "process perl",
        "socket /run/vmcred/left/socket",
        "unit left.service",
        "user direct:",
    ):
        assert thing in new
    container.run("systemctl", "stop", "left.service")
    container.run("rm", "-r", "/var/lib/private/vmcred/left", "/var/lib/vmcred/left")
    assert [thing for thing in new_things(container, before) if "left" in thing] == []


def test_r9_r21_r50_two_hundred_starts_and_stops_leave_nothing_behind(stand_in_host: TestHost) -> None:
    container = stand_in_host.container
    stand_in_host.write_sources(VM)
    stand_in_host.write_config(stand_in_host.stand_in_config(VM))
    # The state directory and systemd's own caches stay; the first starts make them.
    assert start_and_stop(container, VM, 5) == ["success"] * 5
    before = all_that_is_there(container)
    descriptors, memory = descriptors_of_systemd(container), memory_of_systemd(container)
    assert start_and_stop(container, VM, STARTS) == ["success"] * STARTS
    assert new_things(container, before) == []
    print(f"PID 1: {descriptors} descriptors, then {descriptors_of_systemd(container)};")
    print(f"{memory >> 10} KiB, then {memory_of_systemd(container) >> 10}")
    assert descriptors_of_systemd(container) <= descriptors + 4
    assert memory_of_systemd(container) <= memory + (2 << 20)
    journal = container.journal("--output=cat", "--unit", unit(VM))
    assert journal.count("stand-in: runs with") == STARTS + 5
    assert "stand-in: fault" not in journal
    assert stand_in_host.search_for_leaks(None) == []


@pytest.mark.parametrize("has_socket", [False, True], ids=["qemu", "qemu-and-vsock"])
def test_r9_r50_nor_does_qemu_that_is_stopped_before_its_guest_has_booted(
    stand_in_host: TestHost, has_socket: bool
) -> None:
    container = stand_in_host.container
    settings = ["stop_timeout = 1"]
    if has_socket:
        if not container.succeeds("test", "-x", VSOCK_PROGRAM):
            pytest.skip("the program vhost-device-vsock is absent: test/tools/fetch-tools fetches it")
        settings += ["vsock.cid = 3", 'vsock.device = "vhost-user"']
    stand_in_host.write_sources(VM)
    stand_in_host.write_config(stand_in_host.vm_config(VM, *settings))
    # With a socket it counts as started when the guest is ready, which is too late here: so its start is cancelled.
    # Without, it has started, and to be ended before it has shut down counts as a failure.
    options, end = (["--no-block"], "success") if has_socket else ([], "exit-code")
    assert start_and_stop(container, VM, 2, *options) == [end] * 2
    before = all_that_is_there(container)
    assert start_and_stop(container, VM, STARTS_OF_QEMU, *options) == [end] * STARTS_OF_QEMU
    assert new_things(container, before) == []
    assert stand_in_host.search_for_leaks(None) == []


def test_w30_nothing_is_lost_when_systemd_reloads_all_the_time(stand_in_host: TestHost) -> None:
    """Two VMs start and stop, one runs on, and between them systemd reads all units anew."""
    container = stand_in_host.container
    vms = ("stays", "first", "second")
    for vm in vms:
        stand_in_host.write_sources(vm)
    stand_in_host.write_config("".join(stand_in_host.stand_in_config(vm) for vm in vms))
    stand_in_host.start("stays")
    process, secrets = stand_in_host.main_pid("stays"), stand_in_host.received("stays")
    reload = "for ((i = 0; i < $1; i++)); do systemctl daemon-reload; done"
    with ThreadPoolExecutor() as pool:
        others = [pool.submit(start_and_stop, container, vm, STARTS_UNDER_LOAD) for vm in vms[1:]]
        reloads = pool.submit(container.run, "bash", "-euc", reload, "bash", str(RELOADS), timeout=1800)
        assert [each.result() for each in others] == [["success"] * STARTS_UNDER_LOAD] * 2
        reloads.result()
    assert stand_in_host.main_pid("stays") == process
    assert stand_in_host.received("stays") == secrets
    for vm in vms:
        shown = container.properties(unit(vm), "LoadState", "ActiveState", "NRestarts")
        assert shown == {
            "LoadState": "loaded",
            "ActiveState": "active" if vm == "stays" else "inactive",
            "NRestarts": "0",
        }
    assert "stand-in: fault" not in container.journal("--output=cat", "--unit", "microvm@*")
