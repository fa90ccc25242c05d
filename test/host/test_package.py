# SPDX-License-Identifier: Apache-2.0
"""The Debian package: what is in it, and that it can be installed, used and purged without a trace."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from testhost import TestHost

PROGRAMS = (
    "usr/bin/vmcred",
    "usr/bin/vmcred-guest",
    "usr/lib/systemd/system-generators/vmcred-generator",
    "usr/libexec/vmcred/vmcred-provider",
)
MAN_PAGES = (
    "man1/vmcred.1",
    "man1/vmcred-guest.1",
    "man5/vmcred.toml.5",
    "man8/vmcred-generator.8",
    "man8/vmcred-provider.8",
)
OTHERS = (
    "usr/lib/tmpfiles.d/vmcred.conf",
    "usr/share/bash-completion/completions/vmcred",
    "usr/share/doc/vmcred/README.md",
    "usr/share/doc/vmcred/config.md",
    "usr/share/fish/vendor_completions.d/vmcred.fish",
    "usr/share/vmcred/vmcred.schema.json",
    "usr/share/zsh/vendor-completions/_vmcred",
)

# What dpkg and systemd keep of any package that was there once, and what only time changes.
NOT_OURS = tuple(f"./{name}" for name in ("dev", "proc", "run", "sys", "tmp", "var/cache", "var/log", "var/tmp"))
NOT_OURS += ("./var/lib/dpkg", "./var/lib/systemd")

LEFT_BY_NOBODY = (
    "/run/vmcred",
    "/run/vmcred-history",
    "/run/vmcred-provider",
    "/run/private/vmcred",
    "/var/lib/vmcred",
    "/var/lib/vmcred-history",
    "/var/lib/private/vmcred",
)


@pytest.fixture(scope="module")
def package(tooling: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The .deb of this build."""
    directory = tmp_path_factory.mktemp("package")
    config = Path(os.environ["VMCRED_BUILD"]) / "CPackConfig.cmake"
    subprocess.run(["cpack", "--config", config, "-B", directory], check=True, stdout=subprocess.DEVNULL)
    (made,) = directory.glob("*.deb")
    return made


def contents(package: Path) -> list[str]:
    """The package's files, without the leading dot."""
    listed = subprocess.check_output(["dpkg-deb", "--fsys-tarfile", package])
    names = subprocess.run(["tar", "--list"], input=listed, capture_output=True, check=True).stdout.decode()
    return [name.removeprefix("./") for name in names.splitlines() if not name.endswith("/")]


def test_the_package_holds_every_part_in_its_standard_place(package: Path) -> None:
    files = contents(package)
    for wanted in (*PROGRAMS, *OTHERS):
        assert wanted in files
    for page in MAN_PAGES:
        assert f"usr/share/man/{page}" in [name.removesuffix(".gz") for name in files]


def test_nothing_in_the_package_is_open_to_writing(package: Path) -> None:
    listed = subprocess.check_output(["dpkg-deb", "--contents", package], text=True)
    assert all(line.split()[1] == "root/root" for line in listed.splitlines())
    assert not [line for line in listed.splitlines() if line[5] == "w" or line[8] == "w"]


def test_the_man_pages_have_a_name_and_no_faults(package: Path, tmp_path: Path) -> None:
    subprocess.run(["dpkg-deb", "--extract", package, tmp_path], check=True)
    for page in MAN_PAGES:
        (path,) = (tmp_path / "usr/share/man").glob(f"{page}*")
        text = subprocess.check_output(["man", "--local-file", path], text=True, env={**os.environ, "MANPAGER": "cat"})
        name = page.split("/")[1].rpartition(".")[0]
        assert f"{name} - " in subprocess.check_output(["lexgrog", path], text=True), "apropos would not find it"
        assert "@" + "COMMANDS@" not in text
        if page == "man1/vmcred.1":
            assert all(f"vmcred {command}" in text for command in ("vm run", "vars generate", "completion"))
            assert "--dry-run" in text


def files_of(host: TestHost) -> set[str]:
    """Every file of the host's disk, but for what changes by itself."""
    listed = host.container.run("find", "/", "-xdev", "-printf", ".%p\\n").stdout.splitlines()
    return {name for name in listed if not name.startswith(NOT_OURS)}


def install_use_and_purge(host: TestHost, package: Path) -> None:
    """The life of a package on a host that had none of it before."""
    container = host.container
    before = files_of(host)
    users_before = container.run("getent", "passwd").stdout
    container.write("/tmp/vmcred.deb", package.read_bytes())

    container.run("dpkg", "--install", "/tmp/vmcred.deb")
    assert container.run("vmcred", "--version").stdout.startswith("vmcred ")
    host.set_up_demo()
    host.start()
    assert host.report["verified"] == 5

    upgrade = container.run("dpkg", "--install", "/tmp/vmcred.deb")
    assert host.state() == "active", f"an upgrade stopped the VM: {upgrade.stderr}"

    container.run("dpkg", "--remove", "vmcred", timeout=240)
    assert host.state() in ("inactive", "unknown")
    container.run("dpkg", "--purge", "vmcred")
    assert container.run("systemctl", "--failed", "--no-legend").stdout == ""
    assert container.run("getent", "passwd").stdout == users_before
    # The config was written by the administrator, and stays theirs.
    assert files_of(host) - before == {"./etc/vmcred", "./etc/vmcred/vmcred.toml"}
    for place in LEFT_BY_NOBODY:
        assert not container.succeeds("test", "-e", place), place
    container.run("rm", "-r", "/etc/vmcred")


@pytest.mark.long
@pytest.mark.parametrize("name", ["debian-12", "debian-13"])
def test_installed_used_and_purged_it_leaves_nothing(
    boot_host: Callable[..., TestHost], package: Path, name: str
) -> None:
    with boot_host(name, installed=False) as host:
        install_use_and_purge(host, package)


@pytest.mark.long
def test_completions_work_in_real_shells(boot_host: Callable[..., TestHost]) -> None:
    bash = (
        "source /usr/share/bash-completion/completions/vmcred; COMP_CWORD=$(($# - 1)); COMP_WORDS=(\"$@\");"
        '_vmcred vmcred "${COMP_WORDS[COMP_CWORD]}" ""; printf "%s\\n" "${COMPREPLY[@]}"'
    )

    with boot_host("debian-12") as host:
        host.set_up_demo()

        def after(*words: str) -> list[str]:
            return host.container.run("bash", "-c", bash, "bash", *words).stdout.split()

        assert "vm" in after("vmcred", "v")
        assert {"run", "stop", "list"} <= set(after("vmcred", "vm", ""))
        assert after("vmcred", "vm", "run", "te") == ["test-vm"]
        assert "--dry-run" in after("vmcred", "vm", "run", "--")
        host.container.run("zsh", "-n", "/usr/share/zsh/vendor-completions/_vmcred")
        loaded = host.container.run("zsh", "-c", "autoload -Uz compinit; compinit -u -D; print $_comps[vmcred]")
        assert loaded.stdout.strip() == "_vmcred"
