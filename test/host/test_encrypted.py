# SPDX-License-Identifier: Apache-2.0
"""R103: secrets that lie on the host's disk encrypted by systemd, for this host alone."""

from collections.abc import Callable, Iterator

import pytest
from testhost import TestHost, token, unit

pytestmark = pytest.mark.long

VM = "test-vm"
BLOB = "/etc/vmcred/tls-key.cred"


@pytest.fixture(scope="module", params=["debian-12", "debian-13"])
def host(request: pytest.FixtureRequest, boot_host: Callable[..., TestHost]) -> Iterator[TestHost]:
    """A host with one encrypted secret."""
    with boot_host(request.param) as host:
        host.write_sources(VM)
        host.values["encrypted"] = token()
        host.container.run("mkdir", "/etc/vmcred")
        encrypt = ["systemd-creds", "encrypt", "--with-key=host", "--name=host-tls-key", "-", BLOB]
        host.container.run(*encrypt, stdin=host.values["encrypted"])
        host.write_config(host.vm_config(VM, secrets={"tls-key": f'{{ encrypted = "{BLOB}" }}'}))
        yield host


def test_r103_an_encrypted_file_arrives_in_the_guest_decrypted(host: TestHost) -> None:
    assert f"LoadCredentialEncrypted=host-tls-key:{BLOB}" in host.container.run("systemctl", "cat", unit(VM)).stdout
    host.start()
    sizes = {each["name"]: each["size"] for each in host.report["credentials"]}
    assert host.report["verified"] == 6
    assert sizes["TLS_KEY"] == 44
    key = host.values.pop("encrypted")
    findings = host.search_for_leaks()
    host.values["encrypted"] = key
    assert findings == []


def test_a_blob_that_was_changed_fails_the_unit(host: TestHost) -> None:
    host.stop()
    change = "printf x | dd of=/tmp/blob bs=1 seek=70 conv=notrunc"
    host.container.shell(f"base64 -d {BLOB} > /tmp/blob; {change}; base64 /tmp/blob > {BLOB}")
    assert host.container.run("systemctl", "start", unit(VM), check=False, timeout=240).returncode != 0
    assert "qemu-system" not in host.container.run("ps", "-eo", "comm").stdout
