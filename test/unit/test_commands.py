# SPDX-License-Identifier: Apache-2.0
"""vmcred unit list, show and explain: what the generator makes, and why."""

import json
import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif("VMCRED_BIN" not in os.environ, reason="VMCRED_BIN names no vmcred")

CONFIG = """
[vms.web]
kernel = "/boot/vmlinuz"
secrets.api-key = { path = "/run/secrets/api-key" }
secrets.token = { random = "hex:8", rotate = "monthly" }
[vms.bad]
kernel = "/boot/vmlinuz"
vcpu = 0
mem = 1
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A config with a VM that is well and one that is not."""
    path = tmp_path / "vmcred.toml"
    path.write_text(CONFIG)
    return path


def vmcred(config: Path, *words: str) -> subprocess.CompletedProcess:
    """Runs the program on this config."""
    return subprocess.run(
        [os.environ["VMCRED_BIN"], *words, "--config", config], capture_output=True, text=True, check=False
    )


def test_lists_units_and_what_is_broken(config):
    done = vmcred(config, "unit", "list")
    assert done.returncode == 0, done.stderr
    assert done.stdout == (
        f"units of {config}:\n"
        "  microvm@web.service  starts with the host, 2 secrets\n"
        "  vmcred-rotate@web:token.timer\n"
        "  vmcred-rotate@web:token.service\n"
        "  vmcred-provider.socket\n"
        "  vmcred-provider.service\n"
        "  microvms.target\n"
        "broken, not started:\n"
        f"  bad: {config}:8:8: 'vcpu' must be from 1 to 255\n"
        f"    {config}:9:7: 'mem' must be from 16 to 16777216\n"
    )


def test_lists_as_json(config):
    shown = json.loads(vmcred(config, "unit", "list", "--json").stdout)
    assert shown["config"] == str(config)
    assert {"unit": "microvm@web.service", "file": "microvm@web.service", "vm": "web", "broken": False} in shown["units"]
    assert [broken["vm"] for broken in shown["broken"]] == ["bad"]
    assert len(shown["broken"][0]["errors"]) == 2


def test_shows_what_the_generator_makes(config, generate):
    """R86, W20: what `systemctl cat` will show, and which key each line comes from."""
    made = generate(CONFIG)
    shown = vmcred(config, "unit", "show", "web").stdout
    assert "# /run/systemd/generator/microvm@web.service\n" in shown
    assert "# secrets.api-key (path)\nLoadCredential=host-api-key:/run/secrets/api-key\n" in shown
    assert "vmcred-rotate@web:token.timer" in shown
    unit = vmcred(config, "unit", "show", "microvms.target").stdout
    assert unit.partition("\n")[2] == made.unit("microvms.target")


def test_shows_origins_as_json(config):
    shown = json.loads(vmcred(config, "unit", "show", "microvm@web.service", "--json").stdout)
    assert [entry["file"] for entry in shown] == ["/run/systemd/generator/microvm@web.service"]
    assert {
        "section": "Service",
        "setting": "LoadCredential",
        "value": "host-token:/run/vmcred/provider.sock",
        "from": "secrets.token (random)",
    } in shown[0]["lines"]


def test_says_what_is_wrong(config):
    for words in (("unit", "show", "bad"), ("unit", "explain", "bad")):
        done = vmcred(config, *words)
        assert done.returncode == 3
        assert "'vcpu' must be from 1 to 255" in done.stderr and "'mem' must be" in done.stderr
    done = vmcred(config, "unit", "show", "wbe")
    assert done.returncode == 3 and "did you mean 'web'?" in done.stderr


def test_a_unit_from_before_says_reload(config):
    """Whoever mends the config and forgets to reload must not think that a VM has started."""
    done = vmcred(config, "unit", "explain", "web")
    assert done.returncode == 3
    assert "systemctl daemon-reload" in done.stderr
    assert vmcred(config, "unit", "explain", "none").returncode == 3


def test_other_vms_run_beside_a_broken_one(config):
    """ExecStart= of a VM that is well must not fail for another's fault."""
    done = vmcred(config, "vm", "run", "web", "--dry-run")
    assert "vcpu" not in done.stderr
    done = vmcred(config, "vm", "run", "bad", "--dry-run")
    assert done.returncode == 3 and "vcpu" in done.stderr
