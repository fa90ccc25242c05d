// SPDX-License-Identifier: Apache-2.0
#include "cli/vmm/commands.h"

namespace vmcred::cli {

using Words = std::vector<std::string>;

std::string_view spelling(vmm::Api api) {
  switch (api) {
    case vmm::Api::none:
      break;
    case vmm::Api::qmp:
      return "qmp";
    case vmm::Api::http:
      return "http";
    case vmm::Api::crosvm_socket:
      return "crosvm";
  }
  return "none";
}

std::string_view spelling(vmm::StopMethod method) {
  switch (method) {
    case vmm::StopMethod::qmp:
      return "qmp system_powerdown";
    case vmm::StopMethod::cloud_hypervisor_api:
      return "vm.power-button";
    case vmm::StopMethod::firecracker_api:
      return "SendCtrlAltDel";
    case vmm::StopMethod::crosvm_socket:
      return "crosvm powerbtn";
    case vmm::StopMethod::vfkit_api:
      return "state Stop";
    case vmm::StopMethod::none:
      break;
  }
  return "none";
}

std::string_view spelling(vmm::Readiness readiness) {
  return readiness == vmm::Readiness::vsock ? "vsock" : "started";
}

std::string_view spelling(vmm::VsockBackEnd back_end) {
  switch (back_end) {
    case vmm::VsockBackEnd::vhost:
      break;
    case vmm::VsockBackEnd::vhost_user:
      return "vhost-user";
    case vmm::VsockBackEnd::built_in:
      return "built-in";
  }
  return "vhost";
}

Words spelled(const vmm::ShareSupport& shares) {
  return vmm::chosen({{shares.virtiofs, "virtiofs"},
                      {shares.virtiofs_read_only, "virtiofs read-only"},
                      {shares.plan9, "9p"},
                      {shares.plan9_read_only, "9p read-only"},
                      {shares.plan9_models, "9p security models"}});
}

Words spelled(const vmm::VolumeSupport& volumes) {
  return vmm::chosen({{true, "raw"},
                      {volumes.qcow2, "qcow2"},
                      {volumes.serial, "serial"},
                      {volumes.direct, "direct"},
                      {volumes.read_only, "read-only"}});
}

Words spelled(const vmm::BalloonSupport& balloon) {
  return vmm::chosen(
      {{balloon.device, "yes"}, {balloon.initial, "initial"}, {balloon.deflate_on_oom, "deflate on OOM"}});
}

Words devices_of(const vmm::Capability& capability) {
  return vmm::chosen({{capability.pci, "pci"}, {capability.usb, "usb"}});
}

}  // namespace vmcred::cli
