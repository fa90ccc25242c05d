# SPDX-License-Identifier: Apache-2.0
"""Interfaces of a VM on its host, made and removed by `vmcred vm network` in a network of the test's own."""

import json
import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

VMCRED = os.environ["VMCRED_BIN"]
USER = "nobody"
HOST = 4  # the exit code
NET_ADMIN_AND_CHOWN = 1 << 12 | 1 << 0
IFF_UP, IFF_TAP, IFF_MULTI_QUEUE, IFF_VNET_HDR = 0x1, 0x2, 0x100, 0x4000
ADDRESS = "02:00:00:01:01:01"
TAP = f'{{ type = "tap", id = "vm-t0", mac = "{ADDRESS}" }}'
BRIDGED = f'{{ type = "tap", id = "vm-t0", mac = "{ADDRESS}", bridge = "br0" }}'
MACVTAP = f'{{ type = "macvtap", id = "vm-m0", mac = "{ADDRESS}", link = "up0", mode = "bridge" }}'

# Attaches to a tap as a hypervisor of that user does, with so many queues, and says what came of it. /dev/net/tun is
# for everybody where udev runs.
ATTACH = """
import errno, fcntl, os, struct, sys
name, uid, queues = sys.argv[1].encode(), int(sys.argv[2]), int(sys.argv[3])
flags = 0x0002 | 0x1000 | 0x4000 | (0x0100 if queues > 1 else 0)  # IFF_TAP, _NO_PI, _VNET_HDR, _MULTI_QUEUE
taps = [open("/dev/net/tun", "r+b", buffering=0) for _ in range(queues)]
os.setgroups([])
os.setresgid(uid, uid, uid)
os.setresuid(uid, uid, uid)
try:
    for tap in taps:
        fcntl.ioctl(tap, 0x400454CA, struct.pack("16sH22x", name, flags))  # TUNSETIFF
    print("attached")
except OSError as failure:
    print(errno.errorcode[failure.errno])
"""

# A new sysfs shows the interfaces of the new name space. The process stays until its input ends.
HOLDER = "mount -t sysfs sysfs /sys && echo ready && exec cat"


@dataclass
class Network:
    """A network name space, and a VM named web whose interfaces come and go there."""

    holder: int
    directory: Path

    def run(self, *words: str, **keys) -> subprocess.CompletedProcess:
        enter = ["nsenter", "--target", str(self.holder), "--net", "--mount"]
        return subprocess.run([*enter, *words], capture_output=True, text=True, timeout=60, check=False, **keys)

    def ip(self, words: str) -> None:
        done = self.run("ip", *words.split())
        assert done.returncode == 0, done.stderr

    def configure(self, *interfaces: str, vcpu: int = 1, name: str = "web") -> None:
        (self.directory / "vmcred.toml").write_text(
            f'[vms.{name}]\nkernel = "/boot/kernel"\nuser = "{USER}"\nvcpu = {vcpu}\n'
            f'interfaces = [{", ".join(interfaces)}]\n')

    def change(self, direction: str, name: str = "web", **keys) -> subprocess.CompletedProcess:
        return self.run(VMCRED, "vm", "network", name, direction, "--config", f"{self.directory}/vmcred.toml", **keys)

    def up(self, **keys) -> None:
        done = self.change("--up", **keys)
        assert done.returncode == 0, done.stderr

    def down(self, **keys) -> None:
        done = self.change("--down", **keys)
        assert done.returncode == 0, done.stderr

    def run_as(self, uid: int, *words: str) -> subprocess.CompletedProcess:
        return self.run("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all", *words)

    def attach(self, uid: int, tap: str, queues: int = 1) -> str:
        tried = self.run("/usr/bin/python3", "-c", ATTACH, tap, str(uid), str(queues))
        assert tried.returncode == 0, tried.stderr
        return tried.stdout.strip()

    def device(self, macvtap: str) -> Path:
        return Path(f"/dev/tap{self.attribute(macvtap, 'ifindex')}")

    def names(self) -> set[str]:
        return set(self.run("ls", "/sys/class/net").stdout.split())

    def attribute(self, interface: str, name: str) -> str:
        return self.run("cat", f"/sys/class/net/{interface}/{name}").stdout.strip()

    def make_macvtaps_base(self) -> None:
        for kind in ("dummy", "veth", "ifb"):
            if self.run("ip", "link", "add", "up0", "type", kind).returncode == 0:
                break
        else:
            pytest.skip("needs an interface to put a macvtap on: dummy, veth or ifb")
        if self.run("ip", "link", "add", "link", "up0", "name", "probe", "type", "macvtap").returncode != 0:
            pytest.skip("needs the kernel's macvtap")
        self.ip("link del dev probe")


@contextmanager
def network_of_its_own(directory: Path) -> Iterator[Network]:
    holder = subprocess.Popen(["unshare", "--net", "--mount", "sh", "-c", HOLDER],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"ready\n"
    directory.chmod(0o755)
    yield Network(holder.pid, directory)
    holder.stdin.close()
    holder.wait(20)


@pytest.fixture(name="network")
def fixture_network(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if not Path("/dev/net/tun").exists():
        pytest.skip("needs /dev/net/tun")
    with network_of_its_own(tmp_path) as network:
        yield network


def owner() -> int:
    return pwd.getpwnam(USER).pw_uid


def stranger() -> int:
    return pwd.getpwnam("daemon").pw_uid


def test_a_tap_is_its_vms_users_alone(network):
    network.configure(TAP)
    network.up()
    assert network.attribute("vm-t0", "owner") == str(owner())
    assert network.attribute("vm-t0", "group") == "-1"
    assert network.attribute("vm-t0", "ifalias") == "vmcred VM web"
    assert int(network.attribute("vm-t0", "flags"), 16) & IFF_UP, "it is not up"
    flags = int(network.attribute("vm-t0", "tun_flags"), 16)
    assert flags & (IFF_TAP | IFF_VNET_HDR | IFF_MULTI_QUEUE) == IFF_TAP | IFF_VNET_HDR
    assert network.attach(owner(), "vm-t0") == "attached"
    assert network.attach(stranger(), "vm-t0") == "EPERM"
    assert network.attach(owner(), "vm-other") == "EPERM", "it may make taps"
    network.down()
    assert "vm-t0" not in network.names()


def test_a_tap_of_several_cpus_has_several_queues(network):
    network.configure(TAP, vcpu=4)
    network.up()
    flags = int(network.attribute("vm-t0", "tun_flags"), 16)
    assert flags & (IFF_VNET_HDR | IFF_MULTI_QUEUE) == IFF_VNET_HDR | IFF_MULTI_QUEUE
    assert network.attach(owner(), "vm-t0", queues=4) == "attached"
    assert network.attach(owner(), "vm-t0", queues=1) == "EINVAL", "another kind of tap"


def test_a_tap_joins_its_bridge(network):
    if network.run("ip", "link", "add", "br0", "type", "bridge").returncode != 0:
        pytest.skip("needs the kernel's bridge")
    network.configure(BRIDGED)
    network.up()
    assert network.run("readlink", "/sys/class/net/vm-t0/master").stdout.strip().endswith("/br0")
    network.down()
    assert {"lo", "br0"} <= network.names() and "vm-t0" not in network.names()


def test_a_bridge_that_is_missing_is_named(network):
    network.configure(BRIDGED)
    failed = network.change("--up")
    assert failed.returncode == HOST
    assert "vm 'web': interface 'vm-t0': ip says:" in failed.stderr and '"br0"' in failed.stderr
    assert network.names() == {"lo"}


def test_an_interface_of_type_bridge_is_a_tap_in_it(network):
    if network.run("ip", "link", "add", "br0", "type", "bridge").returncode != 0:
        pytest.skip("needs the kernel's bridge")
    network.configure(BRIDGED.replace('"tap"', '"bridge"'))
    network.up()
    assert network.attach(owner(), "vm-t0") == "attached"
    assert network.run("ls", "/sys/class/net/br0/brif").stdout.split() == ["vm-t0"]


@pytest.mark.parametrize("mode", ["bridge", "vepa", "private", "passthru"])
def test_a_macvtap_is_its_vms_users_alone(network, mode):
    network.make_macvtaps_base()
    network.configure(MACVTAP.replace('"bridge"', f'"{mode}"'))
    network.up()
    device = network.device("vm-m0")
    status = device.stat()
    assert status.st_uid == owner()
    assert status.st_mode & 0o077 == 0
    assert network.run_as(owner(), "sh", "-c", f": <>{device}").returncode == 0
    assert network.run_as(stranger(), "sh", "-c", f": <>{device}").returncode != 0
    # One that passes everything through has its link's: the kernel takes no other.
    address = network.attribute("up0", "address") if mode == "passthru" else ADDRESS
    assert network.attribute("vm-m0", "address") == address
    assert network.attribute("vm-m0", "ifalias") == "vmcred VM web"
    shown = json.loads(network.run("ip", "-details", "-json", "link", "show", "vm-m0").stdout)[0]
    assert (shown["linkinfo"]["info_kind"], shown["linkinfo"]["info_data"]["mode"]) == ("macvtap", mode)
    assert (shown["link"], "UP" in shown["flags"]) == ("up0", True)
    assert network.run("ip", "-oneline", "address", "show", "dev", "vm-m0").stdout == "", "the host answers there"
    network.down()
    assert "vm-m0" not in network.names() and "up0" in network.names()
    assert not device.exists()


def test_a_link_that_is_missing_is_named(network):
    network.configure(TAP, MACVTAP)
    failed = network.change("--up")
    assert failed.returncode == HOST
    assert "interface 'vm-m0': ip says:" in failed.stderr and '"up0"' in failed.stderr
    assert network.names() == {"lo"}


def test_a_device_of_another_network_is_not_given_away(network):
    """Each network counts its interfaces, and all share /dev: the first has the name."""
    network.make_macvtaps_base()
    network.ip("link add link up0 name probe type macvtap")
    next_index = int(network.attribute("probe", "ifindex")) + 1
    network.ip("link del dev probe")
    with network_of_its_own(network.directory) as other:
        other.make_macvtaps_base()
        other.ip(f"link add link up0 name theirs index {next_index} type macvtap")
        device = other.device("theirs")
        before = device.stat()
        network.configure(MACVTAP)
        refused = network.change("--up")
        assert f"interface 'vm-m0': {device} is the device of another interface" in refused.stderr
        assert refused.returncode == HOST
        after = device.stat()
        assert (after.st_uid, after.st_rdev) == (0, before.st_rdev)
        assert "vm-m0" not in network.names()
        network.up()  # by the next number
        assert network.device("vm-m0").stat().st_uid == owner()


@pytest.mark.parametrize("mark", ["", "vmcred VM other", "vmcred VM web2", "vmcred VM web "])
def test_a_tap_of_somebody_else_is_refused_and_stays(network, mark):
    """Of a VPN, say: of the same kind, and without an owner."""
    network.ip("tuntap add dev vm-t0 mode tap")
    assert network.run("ip", "link", "set", "dev", "vm-t0", "alias", mark).returncode == 0
    before = network.attribute("vm-t0", "ifindex")
    network.configure(TAP)
    refused = network.change("--up")
    assert refused.returncode == HOST
    assert "interface 'vm-t0' exists, and was not made for this VM" in refused.stderr
    network.down()  # as a unit does it after a failed start
    assert network.attribute("vm-t0", "ifindex") == before


def test_a_macvtap_of_somebody_else_is_refused_and_stays(network):
    network.make_macvtaps_base()
    network.ip("link add link up0 name vm-m0 type macvtap")
    before = network.attribute("vm-m0", "ifindex")
    network.configure(MACVTAP)
    assert network.change("--up").returncode == HOST
    network.down()
    assert network.attribute("vm-m0", "ifindex") == before


def test_another_vms_interface_stays(network):
    network.configure(TAP, name="other")
    network.up(name="other")
    network.configure(TAP)
    assert network.change("--up").returncode == HOST
    network.down()
    assert "vm-t0" in network.names()


def test_up_and_down_may_be_repeated(network):
    network.configure(TAP)
    network.up()
    first = network.attribute("vm-t0", "ifindex")
    network.up()
    assert network.attribute("vm-t0", "ifindex") != first
    network.down()
    network.down()
    assert network.names() == {"lo"}


def test_what_an_earlier_user_left_is_made_anew(network):
    """A unit's own user has another number after each start."""
    network.ip("tuntap add dev vm-t0 mode tap user 4711")
    assert network.run("ip", "link", "set", "dev", "vm-t0", "alias", "vmcred VM web").returncode == 0
    network.configure(TAP)
    network.up()
    assert network.attribute("vm-t0", "owner") == str(owner())


def test_down_removes_what_the_config_has_no_longer(network):
    network.configure(TAP)
    network.up()
    network.configure(TAP.replace("vm-t0", "vm-t1"))
    network.down()
    assert network.names() == {"lo"}


def test_a_failure_leaves_none(network):
    network.configure(TAP.replace("vm-t0", "vm-t1").replace("01:01:01", "01:01:02"), BRIDGED)
    failed = network.change("--up")  # there is no br0
    assert failed.returncode == HOST
    assert "'vm-t0'" in failed.stderr
    assert network.names() == {"lo"}


def test_ip_has_two_privileges_only(network):
    """What runs in the place of `ip` notes what it may do, and becomes `ip`."""
    fakes = network.directory / "fakes"
    fakes.mkdir()
    record = network.directory / "record"
    (fakes / "ip").write_text(f'#!/bin/sh\ncat /proc/self/status >>{record}\nPATH=/usr/sbin:/sbin exec ip "$@"\n')
    (fakes / "ip").chmod(0o755)
    network.configure(TAP)
    path = {**os.environ, "PATH": f"{fakes}:{os.environ['PATH']}"}
    network.up(env=path)
    network.down(env=path)
    lines = [line.split() for line in record.read_text().splitlines()]
    for name in ("CapPrm:", "CapEff:", "CapBnd:"):
        found = [int(words[1], 16) for words in lines if words[0] == name]
        assert found == [NET_ADMIN_AND_CHOWN] * 2, name
    assert [words[1] for words in lines if words[0] == "NoNewPrivs:"] == ["1", "1"]


def change_with(network: Network, bounding_set: str, direction: str) -> subprocess.CompletedProcess:
    """As root of a container that has no more than that."""
    few = ("setpriv", f"--bounding-set={bounding_set}", "--inh-caps=-all")
    return network.run(*few, VMCRED, "vm", "network", "web", direction, "--config", f"{network.directory}/vmcred.toml")


@pytest.mark.parametrize("interface", [TAP, MACVTAP], ids=["tap", "macvtap"])
def test_two_privileges_are_enough(network, interface):
    if interface == MACVTAP:
        network.make_macvtaps_base()
    network.configure(interface)
    for direction in ("--up", "--down"):
        done = change_with(network, "-all,+net_admin,+chown", direction)
        assert done.returncode == 0, done.stderr
        assert len(network.names() & {"vm-t0", "vm-m0"}) == (direction == "--up")


@pytest.mark.parametrize("direction", ["--up", "--down"])
def test_without_the_privilege_it_says_so(network, direction):
    network.configure(TAP)
    done = change_with(network, "-net_admin", direction)
    assert done.returncode == HOST
    assert "this process may not change the network" in done.stderr and "run it as root" in done.stderr
    assert network.names() == {"lo"}


def test_an_interface_of_the_hypervisors_own_is_none_of_the_hosts(network):
    network.configure('{ type = "user", id = "net" }')
    network.up()
    assert network.names() == {"lo"}
    network.down()
