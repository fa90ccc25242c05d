// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "vmm/capability.h"
#include "vmm/qemu_parts.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Device;
using config::Share;
using config::Volume;

std::string_view on_off(bool value) { return value ? "on" : "off"; }

// QEMU has a driver for files and one for devices, and each refuses the other kind.
std::string_view file_driver(const Volume& volume) {
  return volume.image.starts_with("/dev/") ? "host_device" : "file";
}

void add_volume(PlanBuilder& plan, const Volume& volume, std::size_t index) {
  const std::string node = concat("volume", index);
  const auto direct = on_off(volume.direct);
  plan.add("-blockdev", concat("driver=", volume.format == Volume::Format::qcow2 ? "qcow2" : "raw",
                               ",node-name=", node, ",read-only=", on_off(volume.read_only),
                               ",discard=unmap,cache.direct=", direct, ",file.driver=", file_driver(volume),
                               ",file.cache.direct=", direct, ",file.filename=", option_value(volume.image)));
  plan.add("-device", concat(virtio_device(plan.vm(), "virtio-blk"), ",drive=", node,
                             volume.serial.empty() ? "" : concat(",serial=", option_value(volume.serial))));
}

std::string_view security_model(const Share& share) {
  switch (share.security_model) {
    case Share::SecurityModel::none:
      break;
    case Share::SecurityModel::mapped:
      return "mapped-xattr";
    case Share::SecurityModel::passthrough:
      return "passthrough";
  }
  return "none";
}

void add_share(PlanBuilder& plan, const Share& share, std::size_t index) {
  const std::string id = concat("share", index);
  if (share.protocol == Share::Protocol::virtiofs) {
    plan.add("-chardev", qemu_socket(plan, id, share_socket_name(share), false));
    plan.add("-device", concat(virtio_device(plan.vm(), "vhost-user-fs"), ",chardev=", id,
                               ",tag=", option_value(share.tag)));
    return;
  }
  plan.add("-fsdev", concat("local,id=", id, ",security_model=", security_model(share),
                            ",readonly=", on_off(share.read_only), ",path=", option_value(share.source)));
  plan.add("-device", concat(virtio_device(plan.vm(), "virtio-9p"), ",fsdev=", id,
                             ",mount_tag=", option_value(share.tag)));
}

}  // namespace

void add_qemu_volumes(PlanBuilder& plan) {
  for (std::size_t i = 0; i < plan.vm().volumes.size(); ++i) add_volume(plan, plan.vm().volumes[i], i);
}

void add_qemu_shares(PlanBuilder& plan) {
  for (std::size_t i = 0; i < plan.vm().shares.size(); ++i) add_share(plan, plan.vm().shares[i], i);
}

void add_qemu_balloon(PlanBuilder& plan) {
  const auto& balloon = plan.vm().balloon;
  if (!balloon) return;
  plan.add("-device", concat(virtio_device(plan.vm(), "virtio-balloon"), ",id=balloon,deflate-on-oom=",
                             on_off(balloon->deflate_on_oom), ",free-page-reporting=on"));
}

void add_qemu_hotplug(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  if (vm.hotplug_mem_mib == 0) return;
  plan.add("-object", concat("memory-backend-memfd,id=more,size=", vm.hotplug_mem_mib, "M,share=on",
                             vm.hugepages ? ",hugetlb=on" : "", ",reserve=off,dump=off"));
  plan.add("-device",
           concat("virtio-mem-pci,id=more0,memdev=more,requested-size=", vm.hotplugged_mem_mib, "M"));
}

void add_qemu_host_devices(PlanBuilder& plan) {
  const auto& devices = plan.vm().devices;
  // The microvm machine brings a USB controller of its own.
  if (has_device(plan.vm(), Device::Bus::usb) && plan.vm().machine != config::Machine::microvm)
    plan.add("-device", "qemu-xhci,id=usb");
  for (const auto& device : devices) {
    if (device.bus == Device::Bus::pci)
      plan.add("-device", concat("vfio-pci,host=", option_value(device.path)));
    else
      plan.add("-device", concat("usb-host,", device.path));  // a list of properties as it is
  }
}

void add_qemu_screen(PlanBuilder& plan) {
  if (!plan.vm().graphics) return;
  for (const auto* kind : {"virtio-gpu", "virtio-keyboard", "virtio-tablet"})
    plan.add("-device", virtio_device(plan.vm(), kind));
  plan.add("-vnc", concat("unix:", option_value(plan.socket_path(k_vnc_socket))));
}

}  // namespace vmcred::vmm
