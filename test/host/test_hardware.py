# SPDX-License-Identifier: Apache-2.0
"""What a VM's unit makes of the host for its VM: interfaces, a volume, the programs behind its shares.

The hypervisor is QEMU, in its unit's sandbox; nobody waits for the guest.
"""

import json
import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from container import Container, status_of
from fetched_tools import virtiofsd
from testhost import TestHost, unit

VM = "web"
UNIT = unit(VM)
USER = "vm-web"  # where the config names one
SHARE = "/srv/share"
IMAGE_MIB = 8
MEMORY_MIB = 200
STOP_SECONDS = 1  # no guest is up yet that could shut itself down

pytestmark = pytest.mark.usefixtures("bridge")


@pytest.fixture(scope="module")
def virtiofsd_layer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A layer of a host that holds virtiofsd, which Debian 12 has not."""
    directory = tmp_path_factory.mktemp("virtiofsd")
    shutil.copytree(virtiofsd().parent, directory / "opt" / "virtiofsd", symlinks=True)
    programs = directory / "usr" / "bin"
    programs.mkdir(parents=True)
    (programs / "virtiofsd").symlink_to("/opt/virtiofsd/virtiofsd")
    for made in (directory, *directory.glob("*"), programs):
        made.chmod(0o755)
    return directory


@pytest.fixture(scope="module", params=["debian-12", pytest.param("debian-13", marks=pytest.mark.long)])
def host(
    request: pytest.FixtureRequest, boot_host: Callable[..., TestHost], virtiofsd_layer: Path
) -> Iterator[TestHost]:
    """A host for this file's tests, with a user, and a directory that is shared."""
    with boot_host(request.param, layers=[virtiofsd_layer]) as host:
        host.container.run("useradd", "--system", "--no-create-home", USER)
        host.container.run("install", "-d", "-o", USER, "-m", "0700", "/srv/images")
        host.container.run("install", "-d", "-m", "0755", SHARE)
        host.write_sources(VM)
        yield host


@pytest.fixture
def bridge(host: TestHost) -> Iterator[None]:
    """The administrator's bridge is there before a test, and nothing else but it after."""
    tried = host.container.run("ip", "link", "add", "br0", "type", "bridge", check=False)
    if tried.returncode != 0:
        pytest.skip(f"needs the kernel's bridge: {tried.stderr}")
    before = interfaces(host.container) - {"br0"}
    yield
    host.clear()
    host.container.run("ip", "link", "del", "br0", check=False)
    assert interfaces(host.container) == before


def interfaces(container: Container) -> set[str]:
    return set(container.run("ls", "/sys/class/net").stdout.split())


def attribute(host: TestHost, interface: str, name: str) -> str:
    return host.container.read(f"/sys/class/net/{interface}/{name}").strip()


TAPS = '{ type = "tap", id = "vm-tap" }, { type = "bridge", id = "vm-port", bridge = "br0" }'


def configure(host: TestHost, image: str, *settings: str, interfaces: str = TAPS) -> None:
    text = host.vm_config(
        VM,
        "vcpu = 2",
        f"stop_timeout = {STOP_SECONDS}",
        f"interfaces = [{interfaces}]",
        f'volumes = [{{ image = "{image}", size = {IMAGE_MIB}, label = "data" }}]',
        f'shares = [{{ tag = "files", source = "{SHARE}", read_only = true }}]',
        *settings,
    )
    host.write_config(text.replace("mem = 384", f"mem = {MEMORY_MIB}"))


def start(host: TestHost) -> None:
    host.start(VM)
    wait_for_qemu(host)


def wait_for_qemu(host: TestHost) -> None:
    """The unit counts as started before QEMU has made its devices, and answers."""
    host.wait_for_stand_in(VM)
    ask_qemu(host, "query-status")


# Of a user of the config, and of one that systemd makes for the unit alone.
OF_A_USER = pytest.param("/srv/images/data.img", f'user = "{USER}"', id="user")
OF_ITS_OWN = pytest.param(f"/var/lib/vmcred/{VM}/data.img", "", id="dynamic-user")


@pytest.mark.parametrize(("image", "user"), [OF_A_USER, OF_ITS_OWN])
def test_a_vms_hardware_is_there_while_it_runs(host: TestHost, image: str, user: str) -> None:
    configure(host, image, user)
    start(host)
    owner = host.uid(VM)
    assert owner != "0"
    if user:
        assert owner == host.container.run("id", "-u", USER).stdout.strip()
    expect_interfaces(host, owner)
    expect_volume(host, image, owner)
    shared = expect_virtiofsd(host, owner)
    assert ask_qemu(host, "query-memory-size-summary")["base-memory"] == MEMORY_MIB << 20
    assert len(ask_qemu(host, "query-cpus-fast")) == 2
    host.stop(VM)
    assert host.settle(VM) != "active"  # but failed: the guest did not shut down in time
    assert interfaces(host.container) & {"vm-tap", "vm-port", "br0"} == {"br0"}
    assert not status_of(shared)
    assert host.container.run("stat", "--format=%s", image).stdout.strip() == str(IMAGE_MIB << 20)


# In a container nobody but the test makes device nodes.
MAKE_DEVICE = """
until number=$(cat /sys/class/net/vm-mac/macvtap/tap*/dev 2>/dev/null); do sleep 0.02; done
mknod -m 0600 "/dev/tap$(cat /sys/class/net/vm-mac/ifindex)" c "${number%:*}" "${number#*:}"
"""


def test_a_macvtaps_device_is_the_vms(host: TestHost, macvtaps_base: str) -> None:
    configure(host, *OF_ITS_OWN.values, interfaces=f'{{ type = "macvtap", id = "vm-mac", link = "{macvtaps_base}" }}')
    assert "modprobe@macvtap.service" in host.container.properties(UNIT, "After")["After"]
    host.container.run("systemd-run", "--quiet", "--collect", "sh", "-euc", MAKE_DEVICE)
    start(host)
    device = f"/dev/tap{attribute(host, 'vm-mac', 'ifindex')}"
    assert host.container.run("stat", "--format=%u %a", device).stdout.split() == [host.uid(VM), "600"]
    opened = [str(link.readlink()) for link in Path(f"/proc/{host.main_pid(VM)}/fd").iterdir()]
    assert opened.count(device) == 2, "QEMU has not one for each CPU"
    host.stop(VM)
    host.container.run("rm", device)
    assert "vm-mac" not in interfaces(host.container)


@pytest.fixture
def macvtaps_base(host: TestHost) -> Iterator[str]:
    """An interface that macvtaps can be put on."""
    made = host.container.run("ip", "link", "add", "up0", "type", "veth", "peer", "name", "up1", check=False)
    tried = host.container.run("ip", "link", "add", "link", "up0", "name", "probe", "type", "macvtap", check=False)
    if tried.returncode == 0:
        host.container.run("ip", "link", "del", "probe")
        host.container.run("ip", "link", "set", "dev", "up0", "up")
        yield "up0"
    host.clear()
    if made.returncode == 0:
        host.container.run("ip", "link", "del", "up0")
    if tried.returncode != 0:
        pytest.skip(f"needs the kernel's veth and macvtap: {made.stderr}{tried.stderr}")


def test_a_bridge_that_is_missing_fails_the_start_until_it_is_there(host: TestHost) -> None:
    host.container.run("ip", "link", "del", "br0")
    configure(host, *OF_A_USER.values)
    said = failing_start(host)
    assert "vmcred: error: vm 'web': interface 'vm-port': ip says:" in said and '"br0"' in said
    assert not interfaces(host.container) & {"vm-tap", "vm-port"}
    host.container.run("ip", "link", "add", "br0", "type", "bridge")
    host.container.wait_until(lambda: host.state(VM) == "active", "start after the bridge is there", 60)
    assert attribute(host, "vm-port", "owner") == host.uid(VM)


def test_an_interface_of_somebody_else_fails_the_start_and_stays(host: TestHost) -> None:
    host.container.run("ip", "tuntap", "add", "dev", "vm-port", "mode", "tap")
    index = attribute(host, "vm-port", "ifindex")
    try:
        configure(host, *OF_A_USER.values)
        said = failing_start(host)
        assert "interface 'vm-port' exists, and was not made for this VM" in said
        assert attribute(host, "vm-port", "ifindex") == index
        assert "vm-tap" not in interfaces(host.container)
    finally:
        host.container.run("ip", "link", "del", "vm-port")


def failing_start(host: TestHost) -> str:
    """Starts the VM, which must fail, and gives what the journal says of the attempt."""
    since = time.time()
    started = host.container.run("systemctl", "start", UNIT, check=False)
    assert started.returncode != 0
    return host.container.journal("--output=cat", "--unit", UNIT, f"--since=@{since:.6f}")


@pytest.mark.long
@pytest.mark.parametrize(("image", "user"), [OF_A_USER, OF_ITS_OWN])
def test_a_volume_outlives_the_vm(host: TestHost, image: str, user: str) -> None:
    """Also where its user has another number after each start."""
    configure(host, image, user)
    start(host)
    host.stop(VM)
    host.container.shell(f"printf 'of the guest' | dd of={image} conv=notrunc bs=1 seek=4M status=none")
    start(host)
    assert host.container.run("dd", f"if={image}", "bs=1", "skip=4M", "count=12").stdout == "of the guest"
    expect_volume(host, image, host.uid(VM))


@pytest.mark.long
def test_nothing_is_left_of_a_vm_that_was_killed(host: TestHost) -> None:
    """The unit takes all down, and starts anew."""
    configure(host, *OF_ITS_OWN.values)
    start(host)
    before = attribute(host, "vm-tap", "ifindex")
    shared = expect_virtiofsd(host, host.uid(VM))
    host.container.run("kill", "-KILL", host.inner_pid(VM))
    host.container.wait_until(lambda: host.state(VM) != "active", "end of the VM", 20)
    host.container.wait_until(lambda: "vm-tap" not in interfaces(host.container), "end of its interfaces", 20)
    assert not status_of(shared)
    host.container.wait_until(lambda: host.state(VM) == "active", "next start", 60)
    wait_for_qemu(host)
    assert attribute(host, "vm-tap", "ifindex") != before
    expect_interfaces(host, host.uid(VM))


@pytest.mark.long
def test_a_virtiofsd_that_ends_ends_the_vm(host: TestHost) -> None:
    configure(host, *OF_A_USER.values)
    start(host)
    since = time.time()
    os.kill(expect_virtiofsd(host, host.uid(VM)), signal.SIGKILL)
    host.container.wait_until(lambda: host.state(VM) != "active", "end of the VM", 20)
    said = host.container.journal("--output=cat", "--unit", UNIT, f"--since=@{since:.6f}")
    assert "virtiofsd of share 'files' ended (signal 9)" in said


def expect_interfaces(host: TestHost, owner: str) -> None:
    for interface in ("vm-tap", "vm-port"):
        assert attribute(host, interface, "owner") == owner
        assert attribute(host, interface, "ifalias") == f"vmcred VM {VM}"
        assert int(attribute(host, interface, "tun_flags"), 16) & 0x100, "two CPUs have one queue"
        assert attribute(host, interface, "carrier") == "1", "QEMU has not opened it"
    assert host.container.run("ls", "/sys/class/net/br0/brif").stdout.split() == ["vm-port"]


def expect_volume(host: TestHost, image: str, owner: str) -> None:
    shown = host.container.run("stat", "--format=%u %s %a", image).stdout.split()
    assert shown == [owner, str(IMAGE_MIB << 20), "600"]
    assert host.container.run("blkid", "-p", "-o", "value", "-s", "LABEL", image).stdout.strip() == "data"


def expect_virtiofsd(host: TestHost, owner: str) -> int:
    """It runs as the VM's user, in its unit, without privileges. Returns its number as this machine counts."""
    found = [pid for pid in host.container.processes() if f"--shared-dir={SHARE}" in command_line(pid)]
    assert len(found) == 1
    status = status_of(found[0])
    assert status["Uid"].split() == [owner] * 4
    assert {status[name] for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")} == {"0" * 16}
    assert status["NoNewPrivs"] == "1"
    assert UNIT in Path(f"/proc/{found[0]}/cgroup").read_text()
    assert "--readonly" in command_line(found[0])
    return found[0]


def command_line(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except (FileNotFoundError, ProcessLookupError):
        return []


def ask_qemu(host: TestHost, command: str) -> Any:
    """What QEMU answers to a command of its machine protocol."""
    found = host.container.run("readlink", "-e", f"/run/vmcred/{VM}/qmp.sock").stdout.strip()
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(20)
        connection.connect(str(host.container.path(found)))
        stream = connection.makefile("rw")
        for each in ("qmp_capabilities", command):
            stream.write(json.dumps({"execute": each}) + "\n")
            stream.flush()
        answers = (json.loads(line) for line in stream)
        returned = [next(each for each in answers if "return" in each) for _ in range(2)]
    return returned[1]["return"]
