// SPDX-License-Identifier: Apache-2.0
// For tests: a VM's hardware as text, one line a device.
#pragma once

#include <string>

#include "base/text.h"
#include "config/load.h"

namespace vmcred::config {

inline std::string volume_text(const Volume& volume) {
  using base::concat;
  return concat("  volume ", volume.image, " ", spelling(volume.format), " size=", volume.size_mib, " ",
                volume.file_system, " label=", volume.label, " mkfs=", base::join(volume.mkfs_args, "|"),
                " serial=", volume.serial, " read_only=", volume.read_only ? 1 : 0,
                " direct=", volume.direct ? 1 : 0, "\n");
}

inline std::string share_text(const Share& share) {
  using base::concat;
  return concat("  share ", spelling(share.protocol), " ", share.tag, " ", share.source,
                " read_only=", share.read_only ? 1 : 0, " cache=", spelling(share.cache),
                " security=", spelling(share.security_model), " args=", base::join(share.virtiofsd_args, "|"),
                "\n");
}

inline std::string interface_text(const Interface& interface) {
  using base::concat;
  return concat("  interface ", spelling(interface.type), " ", interface.id, " ", interface.mac,
                " bridge=", interface.bridge, " link=", interface.link, " mode=", spelling(interface.mode),
                " vhost=", interface.vhost ? 1 : 0, "\n");
}

inline std::string forwarded_port_text(const ForwardedPort& port) {
  using base::concat;
  return concat("  port ", spelling(port.from), " ", spelling(port.protocol), " ", port.host_address, ":",
                port.host_port, " ", port.guest_address, ":", port.guest_port, "\n");
}

// "" where all is as it is unless given.
inline std::string board_text(const VirtualMachine& vm) {
  using base::concat;
  std::string text;
  if (!vm.cpu.empty()) text += concat(" cpu=", vm.cpu);
  if (vm.hugepages) text += " hugepages";
  if (vm.hotplug_mem_mib != 0) text += concat(" hotplug=", vm.hotplugged_mem_mib, "/", vm.hotplug_mem_mib);
  if (vm.balloon)
    text += concat(" balloon=", vm.balloon->initial_mib, vm.balloon->deflate_on_oom ? " deflates" : " stays");
  if (vm.graphics) text += " graphics";
  if (!vm.machine_id.empty()) text += concat(" id=", vm.machine_id);
  if (!vm.pre_start.empty()) text += concat(" before=", base::join(vm.pre_start, "|"));
  if (!vm.process_name.empty()) text += concat(" name=", vm.process_name);
  return text.empty() ? "" : concat(" ", text, "\n");
}

inline std::string hardware_text(const VirtualMachine& vm) {
  std::string text = board_text(vm);
  for (const Volume& volume : vm.volumes) text += volume_text(volume);
  for (const Share& share : vm.shares) text += share_text(share);
  for (const Interface& interface : vm.interfaces) text += interface_text(interface);
  for (const ForwardedPort& port : vm.forwarded_ports) text += forwarded_port_text(port);
  for (const Device& device : vm.devices)
    text += base::concat("  device ", spelling(device.bus), " ", device.path, "\n");
  return text;
}

}  // namespace vmcred::config
