# SPDX-License-Identifier: Apache-2.0
"""Interfaces of a VM on its host, made and removed by `vmcred vm network` in a network of the test's own."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

VMCRED = os.environ["VMCRED_BIN"]
USER = "nobody"
HOST = 4  # the exit code
NET_ADMIN_AND_CHOWN = 1 << 12 | 1 << 0
ADDRESS = "02:00:00:01:01:01"
TAP = f'{{ type = "tap", id = "vm-t0", mac = "{ADDRESS}" }}'
BRIDGED = f'{{ type = "tap", id = "vm-t0", mac = "{ADDRESS}", bridge = "br0" }}'
MACVTAP = f'{{ type = "macvtap", id = "vm-m0", mac = "{ADDRESS}", link = "up0", mode = "bridge" }}'

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


@pytest.fixture(name="network")
def fixture_network(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    if not Path("/dev/net/tun").exists():
        pytest.skip("needs /dev/net/tun")
    holder = subprocess.Popen(["unshare", "--net", "--mount", "sh", "-c", HOLDER],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout.readline() == b"ready\n"
    tmp_path.chmod(0o755)
    yield Network(holder.pid, tmp_path)
    holder.stdin.close()
    holder.wait(20)


def owner() -> int:
    return pwd.getpwnam(USER).pw_uid


def test_a_tap_is_its_vms_users_alone(network):
    network.configure(TAP)
    network.up()
    assert network.attribute("vm-t0", "owner") == str(owner())
    assert network.attribute("vm-t0", "group") == "-1"
    assert network.attribute("vm-t0", "ifalias") == "vmcred VM web"
    assert int(network.attribute("vm-t0", "flags"), 16) & 1, "it is not up"
    assert not int(network.attribute("vm-t0", "tun_flags"), 16) & 0x100, "it has several queues"
    network.down()
    assert "vm-t0" not in network.names()


def test_a_tap_of_several_cpus_has_several_queues(network):
    network.configure(TAP, vcpu=4)
    network.up()
    assert int(network.attribute("vm-t0", "tun_flags"), 16) & 0x100


def test_a_tap_joins_its_bridge(network):
    if network.run("ip", "link", "add", "br0", "type", "bridge").returncode != 0:
        pytest.skip("needs the kernel's bridge")
    network.configure(BRIDGED)
    network.up()
    assert network.run("readlink", "/sys/class/net/vm-t0/master").stdout.strip().endswith("/br0")
    network.down()
    assert {"lo", "br0"} <= network.names() and "vm-t0" not in network.names()


def test_a_macvtap_is_its_vms_users_alone(network):
    network.make_macvtaps_base()
    network.configure(MACVTAP)
    network.up()
    status = os.stat(f"/dev/tap{network.attribute('vm-m0', 'ifindex')}")
    assert status.st_uid == owner()
    assert status.st_mode & 0o077 == 0
    assert network.attribute("vm-m0", "address") == ADDRESS
    assert network.attribute("vm-m0", "ifalias") == "vmcred VM web"
    network.down()
    assert "vm-m0" not in network.names() and "up0" in network.names()


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
