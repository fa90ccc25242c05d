# SPDX-License-Identifier: Apache-2.0
"""The demo on a systemd host: a config file, daemon-reload and `systemctl start` are all that it does.

The host is a container with a Debian 12 of its own, systemd as its PID 1 and the programs as the package installs them.
"""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from story import (
    BOOT_SECONDS,
    ROOT,
    SECRET_BYTES,
    DemoFailure,
    build_guest,
    conclude,
    config_text,
    read_report,
    say,
    search,
    show_arrivals,
    show_console,
)

sys.path.insert(0, str(ROOT / "test" / "host"))

from container import Container, ContainerFailure, host_tree, install, why_not_here  # noqa: E402  (by the path above)
from leaks import scan_of, vmm_pid  # noqa: E402

HOST = "debian-12"
VM = "test-vm"
UNIT = f"microvm@{VM}.service"
GENERATOR = "test-vm-secrets"
CONFIG = "/etc/vmcred/vmcred.toml"
IDENTITY = "/etc/vmcred/identity.txt"
GUEST = "/srv/test-vm"


def make_secrets(host: Container) -> dict[str, bytes]:
    """Has vmcred make a key and the secrets, on the host. Returns them, to search for."""
    for words in (["age", "keygen", "-o", IDENTITY], ["vars", "keygen", "--user", "demo"], ["vars", "generate", VM]):
        done = host.run("vmcred", *words, check=False)
        if done.returncode != 0:
            raise DemoFailure(f"vmcred {' '.join(words)}: {done.stderr}")
    values = {name: host.run_bytes("vmcred", "vars", "get", VM, f"{GENERATOR}/{name}").stdout for name in SECRET_BYTES}
    if not all(values.values()):
        raise DemoFailure("vmcred vars get gave nothing")
    say("secrets", f"{len(values)} made on the host, kept encrypted in /etc/vmcred/vars")
    return values


def start(host: Container) -> None:
    """What an administrator types."""
    for words in (["systemctl", "daemon-reload"], ["systemctl", "start", UNIT]):
        say("host", "# " + " ".join(words))
        done = host.run(*words, check=False, timeout=BOOT_SECONDS)
        if done.returncode != 0:
            raise DemoFailure(f"{' '.join(words)}: {done.stderr}{host.journal('--unit', UNIT)}")


def report_of(host: Container) -> dict[str, Any]:
    """What the guest says about its credentials."""
    deadline = time.monotonic() + BOOT_SECONDS

    def expect_running(what: str) -> None:
        state = host.properties(UNIT, "ActiveState")["ActiveState"]
        if state not in ("active", "activating"):
            raise DemoFailure(f"{UNIT} is {state} before {what}\n{host.journal('--unit', UNIT)}")
        if time.monotonic() > deadline:
            raise DemoFailure(f"no {what} within {BOOT_SECONDS} s")

    path = host.path(host.run("readlink", "-f", f"/run/vmcred/{VM}/report.sock").stdout.strip())
    while not path.exists():
        expect_running("report socket")
        time.sleep(0.05)
    return read_report(path, expect_running)


def show_unit(host: Container) -> None:
    """What systemd knows of the unit, and which program runs in it."""
    for line in host.run("systemctl", "cat", UNIT).stdout.splitlines():
        if line.startswith(("LoadCredential", "User=", "DynamicUser=")):
            say("unit", line)
    shown = host.properties(UNIT, "ActiveState", "SubState", "MainPID", "User")
    program = host.run("readlink", f"/proc/{shown['MainPID']}/exe").stdout.strip()
    say("runs", f"{program} as {shown['User']}; the unit is {shown['ActiveState']} ({shown['SubState']})")


def run(build: Path) -> bool:
    """The whole demo. True if all that it promises held."""
    if reason := why_not_here():
        raise DemoFailure(f"this machine can't boot a host container: {reason}")
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="vmcred-demo-")))
        (programs := work / "programs").mkdir()
        (guest := work / "guest").mkdir(mode=0o755)
        install(build, programs)
        build_guest(build, guest)
        host = stack.enter_context(Container(host_tree(HOST), layers=[programs], binds={guest: GUEST}))
        try:
            return in_container(host)
        except ContainerFailure as failure:
            raise DemoFailure(str(failure)) from failure


def in_container(host: Container) -> bool:
    """The part of the demo that the host is up for."""
    host.boot()
    say("host", f"{host.run('systemctl', '--version').stdout.splitlines()[0]}, booted in a container")
    settings = ['accelerator = "tcg"']
    host.write(CONFIG, config_text(VM, GENERATOR, IDENTITY, f"{GUEST}/vmlinuz", f"{GUEST}/initrd", settings))
    values = make_secrets(host)

    started = time.monotonic()
    start(host)
    report = report_of(host)
    seconds = time.monotonic() - started
    show_unit(host)
    show_console(host.journal("--unit", UNIT).splitlines())
    show_arrivals(report)
    say("time", f"{seconds:.1f} s from daemon-reload to the guest's report")
    canaries = list(values.values())
    leaks = search(scan_of(host, canaries, vmm_pid(host, UNIT), []))
    say("host", f"# systemctl stop {UNIT}")
    host.run("systemctl", "stop", UNIT)
    leaks += search(scan_of(host, canaries, None, []))
    say("host", f"shut down, with {host.power_off()}")
    return conclude(report, leaks)
