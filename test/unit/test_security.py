# SPDX-License-Identifier: Apache-2.0
"""systemd's own opinion of the units: they are well-formed, and the exposure of each is small (R8, R99, W2)."""

import shutil
import subprocess

import pytest

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")

CONFIG = """
[host]
identity_encrypted = "/etc/vmcred/identity.cred"
[store]
path = "/var/lib/vmcred/store"
identity = "/etc/vmcred/identity.txt"
[vms.kvm]
kernel = "/boot/vmlinuz"
accelerator = "kvm"
[vms.tcg]
kernel = "/boot/vmlinuz"
accelerator = "tcg"
user = "daemon"
[vms.auto]
kernel = "/boot/vmlinuz"
initrd = "/home/me/initrd"
allow_swap = true
[vms.vsock]
kernel = "/boot/vmlinuz"
vsock.cid = 3
machined = true
secrets.token = { random = "hex:8", rotate = "Mon..Fri *-*-1,15 03:00" }
secrets.file = { path = "/run/secrets/100% sure" }
secrets.cred = { encrypted = "/etc/vmcred/x.cred" }
[vms.vhost-user]
kernel = "/boot/vmlinuz"
accelerator = "tcg"
vsock = { cid = 4, device = "vhost-user" }
[vms.tap]
kernel = "/boot/vmlinuz"
extra_args = ["-netdev", "tap,id=n"]
[vms.sealed]
kernel = "/boot/vmlinuz"
deliver = "encrypted"
secrets.token = { random = "hex:8", rotate = "monthly" }
[vms.broken]
kernel = "/boot/vmlinuz"
vcpu = 0
"""

VMS = ("kvm", "tcg", "auto", "vsock", "vhost-user", "tap", "sealed")


# In tenths, as --threshold= takes them.
@pytest.mark.parametrize(
    ("unit", "threshold"), [*((f"microvm@{vm}.service", 25) for vm in VMS), ("vmcred-provider.service", 15)]
)
def test_exposure(generate, unit: str, threshold: int):
    made = generate(CONFIG)
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={threshold}", made.directory / unit],
        capture_output=True,
        text=True,
        check=False,
    )
    print(done.stdout.splitlines()[-1] if done.stdout else done.stderr)
    assert done.returncode == 0, done.stdout + done.stderr


def test_threshold_can_fail(generate, tmp_path):
    """The same call refuses a service without walls."""
    unit = tmp_path / "open.service"
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", "--threshold=25", unit],
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0


def verify(units) -> str:
    """What systemd finds wrong with unit files."""
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", *units],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stderr + ("" if done.returncode == 0 else f"exit {done.returncode}")


def test_units_are_well_formed(generate, tmp_path):
    made = generate(CONFIG)
    units = []
    for name in made.names():
        if ".wants/" in name:
            continue
        # Behind a colon the command expects another name for the unit.
        units.append(tmp_path / name.replace(":", "."))
        shutil.copy(made.directory / name, units[-1])
    assert len(units) == 8 + 1 + 2 + 4, made.names()
    assert verify(units) == ""


def test_verify_can_fail(tmp_path):
    unit = tmp_path / "wrong.service"
    unit.write_text("[Service]\nExecStart=/bin/true\nProtectHme=yes\n")
    assert "ProtectHme" in verify([unit])


def test_calendar_expressions_reach_systemd(generate):
    made = generate(CONFIG)
    done = subprocess.run(["systemd-analyze", "calendar", "Mon..Fri *-*-1,15 03:00"], capture_output=True, check=False)
    assert done.returncode == 0
    assert "OnCalendar=Mon..Fri *-*-1,15 03:00\n" in made.unit("vmcred-rotate@vsock:token.timer")
