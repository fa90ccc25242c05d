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

Words spelled(const vmm::InterfaceSupport& interfaces) {
  Words words;
  if (interfaces.user) words.emplace_back("user");
  if (interfaces.tap) words.insert(words.end(), {"tap", "bridge"});
  if (interfaces.macvtap) words.emplace_back("macvtap");
  return words;
}

Words spelled(const vmm::ShareSupport& shares) {
  Words words;
  if (shares.virtiofs) words.emplace_back("virtiofs");
  if (shares.virtiofs_read_only) words.emplace_back("virtiofs read-only");
  if (shares.plan9) words.emplace_back("9p");
  if (shares.plan9_read_only) words.emplace_back("9p read-only");
  if (shares.plan9_models) words.emplace_back("9p security models");
  return words;
}

Words spelled(const vmm::VolumeSupport& volumes) {
  Words words = {"raw"};
  if (volumes.qcow2) words.emplace_back("qcow2");
  if (volumes.serial) words.emplace_back("serial");
  if (volumes.direct) words.emplace_back("direct");
  if (volumes.read_only) words.emplace_back("read-only");
  return words;
}

Words spelled(const vmm::BalloonSupport& balloon) {
  Words words;
  if (balloon.device) words.emplace_back("yes");
  if (balloon.initial) words.emplace_back("initial");
  if (balloon.deflate_on_oom) words.emplace_back("deflate on OOM");
  return words;
}

Words devices_of(const vmm::Capability& capability) {
  Words words;
  if (capability.pci) words.emplace_back("pci");
  if (capability.usb) words.emplace_back("usb");
  return words;
}

}  // namespace vmcred::cli
