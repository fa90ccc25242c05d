# SPDX-License-Identifier: Apache-2.0
"""The bodies that hypervisors' APIs take, each as its own description has them (see strict.py for how they are told).

cloud-hypervisor.yaml and firecracker.yaml name the fields, which of them must be there, and the bounds of numbers.
"""

from typing import Any

from strict import Refused, at_least

CONSOLE = {"mode*": {"Off", "Pty", "Tty", "File", "Socket", "Null"}, "file": str, "socket": str, "iommu": bool}
NET = {
    "id": str, "tap": str, "ip": str, "mask": str, "mac": str, "host_mac": str, "mtu": int, "iommu": bool,
    "num_queues": int, "queue_size": int, "vhost_user": bool, "vhost_socket": str, "pci_segment": int,
}
PLACE = {"id": str, "pci_segment": int, "iommu": bool}
VM = {
    "cpus": {"boot_vcpus*": at_least(1), "max_vcpus*": at_least(1), "kvm_hyperv": bool, "max_phys_bits": int},
    "memory": {
        "size*": int, "hotplug_size": int, "hotplugged_size": int, "mergeable": bool, "shared": bool, "prefault": bool,
        "hotplug_method": {"Acpi", "VirtioMem"}, "hugepages": bool, "hugepage_size": int, "thp": bool,
    },
    "payload*": {"firmware": str, "kernel": str, "cmdline": str, "initramfs": str},
    "disks": [PLACE | {
        "path": str, "readonly": bool, "direct": bool, "num_queues": int, "queue_size": int, "serial": str,
        "image_type": {"Raw", "Qcow2", "FixedVhd", "Vhdx"},
    }],
    "net": [NET],
    "rng": {"src*": str, "iommu": bool},
    "balloon": PLACE | {"size*": int, "deflate_on_oom": bool, "free_page_reporting": bool},
    "fs": [{"tag*": str, "socket*": str, "num_queues*": int, "queue_size*": int, "id": str, "pci_segment": int}],
    "serial": CONSOLE,
    "console": CONSOLE,
    "devices": [PLACE | {"path": str}],
    "vsock": PLACE | {"cid*": at_least(3), "socket*": str},
    "watchdog": bool,
    "platform": {"uuid": str, "system_uuid": str, "serial_number": str, "oem_strings": [str], "num_pci_segments": int},
}

# Path -> schema; None: no body at all.
CLOUD_HYPERVISOR = {
    "/api/v1/vm.create": VM,
    "/api/v1/vm.add-net": NET,
    **dict.fromkeys((f"/api/v1/{action}" for action in ("vm.boot", "vm.power-button", "vm.shutdown", "vmm.shutdown"))),
}

# A path that ends in "/" has the name of one thing behind it.
FIRECRACKER = {
    "/boot-source": {"kernel_image_path*": str, "boot_args": str, "initrd_path": str},
    "/machine-config": {
        "vcpu_count*": range(1, 33), "mem_size_mib*": int, "smt": bool, "track_dirty_pages": bool,
        "huge_pages": {"None", "2M"},
    },
    "/drives/": {
        "drive_id*": str, "is_root_device*": bool, "partuuid": str, "is_read_only": bool, "path_on_host": str,
        "cache_type": {"Unsafe", "Writeback"}, "io_engine": {"Sync", "Async"}, "socket": str,
    },
    "/network-interfaces/": {"iface_id*": str, "host_dev_name*": str, "guest_mac": str, "mtu": range(68, 65536)},
    "/vsock": {"guest_cid*": at_least(3), "uds_path*": str, "vsock_id": str},
    "/balloon": {
        "amount_mib*": int, "deflate_on_oom*": bool, "stats_polling_interval_s": int, "free_page_reporting": bool,
    },
    "/entropy": {},
    "/mmds/config": {
        "network_interfaces*": [str], "version": {"V1", "V2"}, "ipv4_address": str, "imds_compat": bool,
    },
    "/mmds": {"vmcred*": {"archive*": str}},
    "/actions": {"action_type*": {"FlushMetrics", "InstanceStart", "SendCtrlAltDel"}},
}


def kind_of(path: str, schemas: dict[str, Any]) -> str:
    """The key of a path's schema."""
    kind = next((prefix for prefix in schemas if prefix.endswith("/") and path.startswith(prefix)), path)
    if kind not in schemas:
        raise Refused(f"no such path: {path}")
    return kind
