# SPDX-License-Identifier: Apache-2.0
"""The requests of all plans that are written down (R77): hypervisors take these bodies, by their own descriptions."""

import json
import re
from pathlib import Path

import pytest
from api_schemas import CLOUD_HYPERVISOR, FIRECRACKER, kind_of
from strict import Refused, check

PLANS = Path(__file__).resolve().parents[2] / "src/vmm/testdata"
SCHEMAS = {"cloud-hypervisor": CLOUD_HYPERVISOR, "firecracker": FIRECRACKER}
REQUEST = re.compile(r"PUT \S+ (?P<path>/\S+) (?P<devices>(<device [^>]*>)*)(?P<body>.*)")

FILES = [(hypervisor, path) for hypervisor in SCHEMAS for path in sorted(PLANS.glob(f"plan-{hypervisor}-*.plan"))]


def requests_of(plan: Path) -> list[tuple[str, object]]:
    """Path and body of each."""
    found = [REQUEST.fullmatch(line) for line in plan.read_text().splitlines() if line.startswith("PUT ")]
    assert found and all(found), "a request that this test can't read"
    return [(match["path"], json.loads(match["body"]) if match["body"] else None) for match in found]


@pytest.mark.parametrize("hypervisor", SCHEMAS)
def test_there_are_plans(hypervisor):
    names = {path.name for name, path in FILES if name == hypervisor}
    assert {f"plan-{hypervisor}-{kind}.plan" for kind in ("bare", "full", "initrd", "vsock")} <= names


@pytest.mark.parametrize(("hypervisor", "plan"), FILES, ids=lambda value: getattr(value, "stem", value))
def test_every_request_is_one_that_the_hypervisor_takes(hypervisor, plan):
    for path, body in requests_of(plan):
        check(body, SCHEMAS[hypervisor][kind_of(path, SCHEMAS[hypervisor])], path)


@pytest.mark.parametrize(
    ("hypervisor", "path", "body"),
    [
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "cpus": {"boot_vcpus": 0, "max_vcpus": 1}}),
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "cpus": {"boot_vcpus": 1, "max_vcpus": 0}}),
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "cpus": {"boot_vcpus": True, "max_vcpus": 1}}),
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "vsock": {"cid": 2, "socket": "/v"}}),
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "vsock": {"cid": 1 << 32, "socket": "/v"}}),
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "vsock": {"cid": 3}}),
        ("cloud-hypervisor", "/api/v1/vm.create", {"payload": {}, "disk": []}),
        ("cloud-hypervisor", "/api/v1/vm.create", None),
        ("cloud-hypervisor", "/api/v1/vm.boot", {}),
        ("cloud-hypervisor", "/api/v1/vm.reboot", None),
        ("firecracker", "/machine-config", {"vcpu_count": 0, "mem_size_mib": 512}),
        ("firecracker", "/machine-config", {"vcpu_count": 33, "mem_size_mib": 512}),
        ("firecracker", "/machine-config", {"vcpu_count": 1, "mem_size_mib": "512"}),
        ("firecracker", "/vsock", {"guest_cid": 2, "uds_path": "/v"}),
        ("firecracker", "/network-interfaces/net0", {"iface_id": "net0", "host_dev_name": "tap0", "mtu": 67}),
        ("firecracker", "/actions", {"action_type": "Stop"}),
        ("firecracker", "/logger", {}),
    ],
)
def test_what_it_refuses_is_refused(hypervisor, path, body):
    with pytest.raises(Refused):
        check(body, SCHEMAS[hypervisor][kind_of(path, SCHEMAS[hypervisor])], path)
