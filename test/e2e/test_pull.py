# SPDX-License-Identifier: Apache-2.0
"""Guests that fetch their credentials: `vmcred-guest pull` and its unit, with a host that is written here."""

import base64
import json
import os
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from bare_machine import BareMachine, base_of, guest_initrd
from conftest import SEED
from fetched_tools import vsock_device
from formats import archive, with_manifest
from harness import BOOT_SECONDS, STATIC, TESTS, adversarial_secrets, demo_secrets, enable_pull_unit

REQUEST = b"vmcred-pull 1\n"
MMDS_SERVER = Path(__file__).with_name("mmds_server.py")


def credentials() -> dict[str, bytes]:
    rng = random.Random(SEED)
    found = {secret.credential: secret.value for secret in demo_secrets(rng) + adversarial_secrets(rng)}
    return found | {name: value.encode() for name, value in STATIC.items()}


@dataclass
class Host:
    """Serves a virtio-serial port or a virtio socket, and hands the set over once."""

    path: Path
    content: bytes
    requests: int = field(default=0, init=False)
    taken: bool = field(default=False, init=False)

    def serve(self) -> None:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.path))
            self.converse(connection)

    def converse(self, connection: socket.socket) -> None:
        connection.settimeout(BOOT_SECONDS)
        heard = b""
        while not self.taken and (chunk := connection.recv(4096)):
            heard += chunk
            self.taken = heard == b"taken\n"
            if heard.endswith(REQUEST) and heard.replace(REQUEST, b"") == b"":
                self.requests += 1
                heard = b""
                connection.sendall(len(self.content).to_bytes(8, "little") + self.content)


def pulling_initrd(place: Path, guest: str) -> bytes:
    tree = place / "overlay"
    if guest == "busybox":
        shutil.copytree(TESTS / "guests/overlay-busybox", tree)
        script = tree / "etc/init.d/S10-credentials"
        script.write_text("#!/bin/sh\nmodprobe virtio_net\nvmcred-guest pull\nvmcred-guest report\nip addr\necho pulled\n")
        return guest_initrd(place, base_of(guest))
    enable_pull_unit(tree)
    return guest_initrd(place, base_of(guest), "overlay-systemd")


def port_devices(place: Path) -> tuple[str, ...]:
    chardev = f"socket,id=credentials,path={place}/credentials.sock,server=on,wait=off"
    return ("-chardev", chardev, "-device", "virtserialport,chardev=credentials,name=vmcred.credentials")


@contextmanager
def served(host: Host) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=host.serve, daemon=True)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(10)
    assert not thread.is_alive(), "the host still waits for its guest"


def wait_for_device(process: subprocess.Popen[bytes], path: Path) -> None:
    deadline = time.monotonic() + 20
    while not path.exists():
        assert process.poll() is None, f"the device ended with {process.returncode}"
        assert time.monotonic() < deadline, "the device does not listen"
        time.sleep(0.05)


def is_whole(report: dict[str, object], sent: dict[str, bytes]) -> bool:
    return report["manifest"] == "ok" and report["verified"] == len(sent) and report["undeclared"] == []


@pytest.mark.parametrize(("guest", "host_is_late"), [("debian-12", False), ("debian-13", True)])
def test_units_find_what_was_pulled_by_a_port(tmp_path: Path, guest: str, host_is_late: bool) -> None:
    """LoadCredential= of systemd 252 and 257 looks into /run/credstore, and the host hears that the set is taken."""
    sent = credentials()
    host = Host(tmp_path / "credentials.sock", archive(with_manifest(sent)))
    initrd = pulling_initrd(tmp_path, guest)
    kernel = base_of(guest) / "vmlinuz"
    with BareMachine(tmp_path, kernel, initrd, ("vmcred.pull=virtio-serial",), port_devices(tmp_path)) as vm:
        vm.wait_for("Linux version")
        if host_is_late:
            vm.wait_for("vmcred-pull.service - Fetch")
            time.sleep(3)
        with served(host):
            report = vm.report
            console = vm.wait_for("All secrets of this guest have arrived.")
    assert is_whole(report, sent), report
    assert (host.requests, host.taken) == (1, True)
    assert f"{len(sent) + 1} credentials in /run/credstore" in console


def test_guest_pulls_over_the_virtio_socket(tmp_path: Path) -> None:
    """The host listens where the program that stands for its kernel connects to, and later than the guest asks."""
    sent = credentials()
    device = [vsock_device(), "--guest-cid=4242", f"--socket={tmp_path}/device.sock", f"--uds-path={tmp_path}/vsock.sock"]
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{tmp_path}/vsock.sock_9998")
    initrd = pulling_initrd(tmp_path, "debian-12")
    devices = ("-object", "memory-backend-memfd,id=memory,size=1024M,share=on", "-machine", "memory-backend=memory")
    devices += ("-chardev", f"socket,id=vsock,path={tmp_path}/device.sock")
    devices += ("-device", "vhost-user-vsock-pci,chardev=vsock")
    host = Host(tmp_path / "none", archive(with_manifest(sent)))
    with subprocess.Popen(device, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for_device(process, tmp_path / "device.sock")
            kernel = base_of("debian-12") / "vmlinuz"
            with BareMachine(tmp_path, kernel, initrd, ("vmcred.pull=vsock:9998",), devices) as vm:
                vm.wait_for("vmcred-pull.service - Fetch")
                time.sleep(2)  # the host is late
                listener.listen()
                listener.settimeout(BOOT_SECONDS)
                with listener.accept()[0] as connection:
                    host.converse(connection)
                listener.close()
                assert is_whole(vm.report, sent)
                vm.wait_for("All secrets of this guest have arrived.")
        finally:
            process.kill()
    assert (host.requests, host.taken) == (1, True)


def test_guest_without_its_credentials_ends(tmp_path: Path) -> None:
    """Nobody serves the port: the unit fails, and the guest restarts, which ends this machine."""
    initrd = pulling_initrd(tmp_path, "debian-12")
    override = tmp_path / "overlay/etc/systemd/system/vmcred-pull.service"
    override.write_text(override.read_text().replace("guest pull", "guest pull --timeout 2"))
    initrd = guest_initrd(tmp_path, base_of("debian-12"))
    kernel = base_of("debian-12") / "vmlinuz"
    with BareMachine(tmp_path, kernel, initrd, ("vmcred.pull=virtio-serial",), port_devices(tmp_path)) as vm:
        console = vm.wait_for_end()
    assert "error: pull from virtio-serial: the host " in console
    assert "reboot: Restarting system" in console
    assert "OEM String Credentials" not in console


def test_guest_pulls_from_the_metadata_service_before_it_has_a_network(tmp_path: Path) -> None:
    """MMDS version 2, at an address that nothing in the guest leads to. The interface is left as it was."""
    sent = credentials()
    store = {"vmcred": {"archive": base64.b64encode(archive(with_manifest(sent))).decode()}}
    (tmp_path / "store.json").write_text(json.dumps(store))
    command = f"{sys.executable} {MMDS_SERVER} {tmp_path}/store.json"
    netdev = f"user,id=net,net=169.254.169.0/24,restrict=on,guestfwd=tcp:169.254.169.254:80-cmd:{command}"
    devices = ("-netdev", netdev, "-device", "virtio-net-pci,netdev=net")
    base = base_of("busybox")
    with BareMachine(tmp_path, base / "vmlinuz", pulling_initrd(tmp_path, "busybox"), ("vmcred.pull=mmds",), devices) as vm:
        assert is_whole(vm.report, sent)
        console = vm.wait_for("\npulled")
    assert f"{len(sent) + 1} credentials in /run/credstore" in console
    assert "inet 169.254" not in console
    assert os.stat(tmp_path / "token").st_size > 0
