# SPDX-License-Identifier: Apache-2.0
"""Measures a VM's service from its start to the hypervisor's exec, and writes docs/benchmarks-service.md.

A host with systemd in a container starts the units that vmcred-generator makes, with a program in the hypervisor's place
that notes the time and ends. The kinds of secrets take turns.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
sys.path += [str(TOP / "bench"), str(TOP / "test" / "host")]  # after this folder, which has a page.py too

from container import Container, ContainerFailure, host_tree, why_not_here  # noqa: E402  (found through the path above)
from lab import BenchError, say  # noqa: E402
from machine import describe_machine, load  # noqa: E402
from page import KINDS, Measured, target_table, whole_page  # noqa: E402

PAGE = TOP / "docs" / "benchmarks-service.md"
LEAST_RUNS = 5
REST_SECONDS = 30  # the provider gives memory back when it has had nothing to do for a while
CONFIG = "/etc/vmcred/vmcred.toml"
IDENTITY = "/etc/vmcred/identity.txt"
BENCH = "/usr/lib/vmcred-bench"
LOG = "/run/vmcred-bench.log"

# Where `cmake --install` puts them.
PLACES = {
    "vmcred": "usr/bin",
    "vmcred-generator": "usr/lib/systemd/system-generators",
    "vmcred-provider": "usr/libexec/vmcred",
}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=Path, required=True, help="the build folder, of the release preset")
    parser.add_argument("--runs", type=int, default=40, help="starts of each kind (default: %(default)s)")
    parser.add_argument("--page", type=Path, default=PAGE, help="file to write (default: docs/benchmarks-service.md)")
    arguments = parser.parse_args()
    if arguments.runs < LEAST_RUNS:
        parser.error(f"--runs must be at least {LEAST_RUNS}")
    return arguments


def _layer(build: Path, directory: Path) -> None:
    """What is laid over the host's root: our programs, and one for the hypervisor's place."""
    for name, place in PLACES.items():
        (directory / place).mkdir(parents=True, exist_ok=True)
        shutil.copy(build / "src" / name, directory / place / name)
    bench = directory / BENCH[1:]
    bench.mkdir(parents=True)
    shutil.copy(build / "bench" / "clock_mark", bench / "clock_mark")
    (bench / "vmlinuz").write_bytes(b"no kernel is started")
    for path in [directory, *directory.rglob("*")]:
        path.chmod(0o755)


def _source(kind: str, vm: str, number: int) -> str:
    if kind == "files":
        return f'path = "/run/secrets/{vm}/secret-{number}"'
    return 'random = "base64:32"'


def _config() -> str:
    lines = ["[store]", f'identity = "{IDENTITY}"']
    for kind in KINDS:
        lines += [
            f"[vms.{kind.vm}]",
            'accelerator = "tcg"',
            "allow_swap = true",
            "guest.systemd = 252",
            f'program = "{BENCH}/clock_mark"',
            f'kernel = "{BENCH}/vmlinuz"',
        ]
        if kind.delivery == "encrypted":
            lines.append('deliver = "encrypted"')
        lines += [
            f"secrets.secret-{number} = {{ {_source(kind.delivery, kind.vm, number)} }}"
            for number in range(kind.secrets)
        ]
    return "\n".join(lines) + "\n"


def _set_up(host: Container) -> None:
    host.write(CONFIG, _config())
    for kind in KINDS:
        if kind.delivery == "files":
            for number in range(kind.secrets):
                host.write(f"/run/secrets/{kind.vm}/secret-{number}", os.urandom(22).hex(), mode=0o400)
    host.run("vmcred", "age", "keygen", "-o", IDENTITY)
    host.run("vmcred", "vars", "keygen", "--user", "admin")
    host.run("vmcred", "vars", "generate", timeout=600)
    host.run("vmcred", "vars", "encrypt-for-host", timeout=600)
    # As many starts as are measured, what the program prints in a file, and nothing to shut down when it has ended.
    host.write(
        "/etc/systemd/system/microvm@.service.d/bench.conf",
        f"[Unit]\nStartLimitIntervalSec=0\n[Service]\nStandardOutput=append:{LOG}\nExecStop=\n",
    )
    host.run("systemctl", "daemon-reload")


def _start(host: Container, vm: str) -> float:
    """Milliseconds from when systemd takes the start up to the first instruction of the hypervisor."""
    unit = f"microvm@{vm}.service"
    started = host.run("systemctl", "start", unit, check=False)
    if started.returncode != 0:
        raise BenchError(f"{unit} did not start\n{host.journal('--unit', unit, '--lines=20')}")
    host.wait_until(lambda: host.properties(unit, "ActiveState")["ActiveState"] == "inactive", f"the end of {vm}", 30)
    began_us = int(host.properties(unit, "InactiveExitTimestampMonotonic")["InactiveExitTimestampMonotonic"])
    marks = re.findall(r"vmcred-bench-mark (\d+)", host.read(LOG))
    if not marks or int(marks[-1]) < began_us * 1000:
        raise BenchError(f"{unit} did not get as far as its hypervisor\n{host.journal('--unit', unit, '--lines=20')}")
    return int(marks[-1]) / 1e6 - began_us / 1e3


def _resident_mib(host: Container) -> float:
    """Of all processes of the provider, which is at rest now."""
    listed = host.run("systemctl", "show", "--property=ControlGroup", "--value", "vmcred-provider.service").stdout.strip()
    pids = host.read(f"/sys/fs/cgroup{listed}/cgroup.procs").split()
    status = [host.read(f"/proc/{pid}/status") for pid in pids]
    return sum(int(re.search(r"VmRSS:\s+(\d+) kB", text)[1]) for text in status) / 1024


def _measure(host: Container, runs: int) -> Measured:
    measured = Measured()
    for kind in KINDS:
        _start(host, kind.vm)
    for run in range(runs):
        say(f"turn {run + 1} of {runs}")
        for kind in KINDS:
            measured.milliseconds[kind].append(_start(host, kind.vm))
    time.sleep(REST_SECONDS)
    measured.provider_mib = _resident_mib(host)
    return measured


def main() -> int:
    """The program."""
    arguments = _arguments()
    if reason := why_not_here():
        print(f"bench: error: no systemd host can be booted here: {reason}", file=sys.stderr)
        return 1
    load_before = load()
    build = arguments.build.resolve()
    with tempfile.TemporaryDirectory(prefix="vmcred-bench-") as folder:
        layer = Path(folder) / "layer"
        _layer(build, layer)
        host = Container(host_tree("debian-12"), layers=[layer])
        try:
            host.boot()
            _set_up(host)
            measured = _measure(host, arguments.runs)
            systemd = host.run("systemctl", "--version").stdout.splitlines()[0]
        except (BenchError, ContainerFailure) as error:
            print(f"bench: error: {error}", file=sys.stderr)
            return 1
        finally:
            host.remove()
    print(target_table(measured), end="")
    machine = [*describe_machine(build / "src" / "vmcred", load_before), ("systemd of the host", systemd)]
    arguments.page.write_text(whole_page(measured, machine), encoding="utf-8")
    say(f"wrote {arguments.page}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
