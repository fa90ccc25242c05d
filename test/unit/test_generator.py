# SPDX-License-Identifier: Apache-2.0
"""vmcred-generator as PID 1 runs it: what it makes, what it never does, and that it always ends."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

VM = '[vms.{}]\nkernel = "/boot/vmlinuz"\n'


def test_makes_nothing_without_a_config(prefix, tmp_path):
    if Path("/etc/vmcred").exists():
        pytest.skip("this machine has a config")
    made = prefix.run("", tmp_path)
    assert (made.code, made.names()) == (0, [])


def test_makes_a_vm_of_three_lines(generate):
    """R104, R105: one line of config for each secret, no unit by hand."""
    made = generate(VM.format("web") + 'secrets.api-key = { path = "/run/secrets/api-key" }\n')
    assert made.code == 0
    assert made.names() == ["microvm@web.service", "microvms.target", "multi-user.target.wants/microvms.target"]
    assert "LoadCredential=host-api-key:/run/secrets/api-key\n" in made.unit("microvm@web.service")
    assert "Wants=microvm@web.service\n" in made.unit("microvms.target")


def test_reads_json(generate):
    made = generate(json.dumps({"vms": {"web": {"kernel": "/k"}}}), "vmcred.json")
    assert made.code == 0 and "microvm@web.service" in made.names()


def test_files_are_for_everybody_to_read(generate):
    made = generate(VM.format("web"))
    for name in made.names():
        mode = (made.directory / name).lstat().st_mode
        assert stat.S_ISLNK(mode) or stat.S_IMODE(mode) == 0o644, name


def test_a_broken_vm_is_alone(generate):
    made = generate(VM.format("well") + VM.format("bad") + "vcpu = 0\n")
    assert made.code == 0
    assert "vm run well" in made.unit("microvm@well.service")
    broken = made.unit("microvm@bad.service")
    assert "vm run" not in broken and "unit explain bad" in broken
    assert "'vcpu' must be from 1 to 255" in broken
    assert "microvm@bad.service" not in made.unit("microvms.target")


def test_a_name_that_is_no_name_makes_no_file(generate):
    made = generate(VM.format('"../../escape"') + VM.format("well"))
    assert made.names() == ["microvm@well.service", "microvms.target", "multi-user.target.wants/microvms.target"]


def test_a_broken_config_answers_for_every_vm(generate):
    made = generate("[vms.web\n")
    assert (made.code, made.names()) == (1, ["microvm@.service"])
    assert "unit explain %i" in made.unit("microvm@.service")


@pytest.mark.parametrize("kind", ["fifo", "directory", "missing"])
def test_ends_whatever_the_config_is(prefix, tmp_path, kind):
    config = tmp_path / "vmcred.toml"
    if kind == "fifo":
        os.mkfifo(config)
    elif kind == "directory":
        config.mkdir()
    made = prefix.run(config, tmp_path / "out")
    assert made.code == 1 and made.seconds < 5


def test_refuses_a_relative_config(prefix, tmp_path):
    assert prefix.run("vmcred.toml", tmp_path / "out").code == 1


def test_reads_no_secret(generate, tmp_path):
    """Every file that could hold one is a pipe: whoever opened it would wait for ever."""
    for name in ("secret", "cred", "identity", "sealed", "kernel"):
        os.mkfifo(tmp_path / name)
    made = generate(
        f"""
host.identity_encrypted = "{tmp_path}/sealed"
store.identity = "{tmp_path}/identity"
[vms.web]
kernel = "{tmp_path}/kernel"
user = "no-such-user"
secrets.a = {{ path = "{tmp_path}/secret" }}
secrets.b = {{ encrypted = "{tmp_path}/cred" }}
secrets.c = {{ random = "hex:8" }}
"""
    )
    assert made.code == 0 and made.seconds < 5
    assert "User=no-such-user" in made.unit("microvm@web.service")


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
def test_starts_no_program(prefix, tmp_path):
    config = tmp_path / "vmcred.toml"
    config.write_text(VM.format("web"))
    trace = tmp_path / "trace"
    words = ["strace", "-f", "-e", "trace=execve,fork,vfork,clone,clone3,connect", "-o", trace, prefix.generator, tmp_path]
    subprocess.run(words, env={"VMCRED_CONFIG": str(config), "PATH": os.environ["PATH"]}, check=True)
    calls = [line.split("(")[0].split()[-1] for line in trace.read_text().splitlines() if "(" in line]
    assert calls == ["execve"]


def test_does_nothing_in_the_initrd(generate):
    assert generate(VM.format("web"), SYSTEMD_IN_INITRD="1").names() == []


def test_tells_what_it_can_not_write(prefix, tmp_path):
    config = tmp_path / "vmcred.toml"
    config.write_text(VM.format("web"))
    done = subprocess.run([prefix.generator, tmp_path / "none"], env={"VMCRED_CONFIG": str(config)}, check=False)
    assert done.returncode == 1
    done = subprocess.run([prefix.generator, "a", "b"], env={}, check=False)
    assert done.returncode == 2


def test_a_thousand_vms_take_no_time(generate):
    """R105. The bound is loose, for busy machines; bench/ measures."""
    secrets = "".join(f'secrets.s{i} = {{ path = "/run/secrets/s{i}" }}\n' for i in range(5))
    made = generate("".join(VM.format(f"vm-{i}") + secrets for i in range(1000)))
    assert made.code == 0 and made.seconds < 2
    assert made.unit("microvms.target").count("Wants=") == 1000
