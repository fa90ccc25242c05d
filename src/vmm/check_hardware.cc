// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "vmm/check.h"
#include "vmm/plan_builder.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using base::quoted;
using config::Device;
using config::Share;
using config::Volume;

// Of huge pages, and of the blocks by which a guest plugs memory in.
constexpr std::uint64_t k_block_mib = 2;

constexpr std::size_t k_most_socket_path_bytes = 107;  // sockaddr_un

void check_step(Findings& findings, std::string key, std::uint64_t mib, std::uint64_t step,
                std::string_view when = "") {
  if (mib % step == 0) return;
  findings.add(key,
               concat(findings.name, " takes multiples of ", step, " as ", quoted(key), when, ", not ", mib),
               concat("set ", key, " = ", (mib / step + 1) * step));
}

void check_hotplug(Findings& findings) {
  const auto& vm = findings.vm;
  if (vm.hotplug_mem_mib == 0) return;
  if (findings.can.hotplug) {
    check_step(findings, "hotplug_mem", vm.hotplug_mem_mib, findings.can.hotplug_step_mib);
    // Unless given it is the same.
    if (vm.hotplugged_mem_mib != vm.hotplug_mem_mib)
      check_step(findings, "hotplugged_mem", vm.hotplugged_mem_mib, k_block_mib);
  } else if (vm.hypervisor == config::Hypervisor::qemu) {
    findings.lacks("hotplug_mem", "memory to plug in later", "set machine = \"q35\"");
  } else {
    findings.lacks("hotplug_mem", "memory to plug in later",
                   [](const Capability& row) { return row.hotplug; });
  }
}

void check_balloon(Findings& findings) {
  const auto& balloon = findings.vm.balloon;
  if (!balloon) return;
  if (!findings.can.balloon.device)
    findings.lacks("balloon", "balloon", [](const Capability& row) { return row.balloon.device; });
  else if (balloon->initial_mib > 0 && !findings.can.balloon.initial)
    findings.lacks("balloon.initial", "balloon that takes memory from the start",
                   [](const Capability& row) { return row.balloon.initial; });
}

void check_volume(Findings& findings, const Volume& volume, const std::string& key) {
  const auto& can = findings.can.volumes;
  const std::string which = concat(" (", quoted(volume.image), ")");
  if (volume.format == Volume::Format::qcow2 && !can.qcow2)
    findings.lacks(concat(key, ".format"), concat("volume of format qcow2", which),
                   "convert it: qemu-img convert -O raw OLD NEW");
  if (!volume.serial.empty() && !can.serial)
    findings.lacks(concat(key, ".serial"), concat("serial number of a volume", which),
                   [](const Capability& row) { return row.volumes.serial; });
  if (volume.direct && !can.direct)
    findings.lacks(concat(key, ".direct"), concat("way past the page cache", which),
                   [](const Capability& row) { return row.volumes.direct; });
  if (volume.read_only && !can.read_only)
    findings.lacks(concat(key, ".read_only"), concat("read-only volume", which),
                   [](const Capability& row) { return row.volumes.read_only; });
}

// virtiofsd listens in the runtime directory, under a name that has the tag in it.
void check_share_socket(Findings& findings, const Share& share, const std::string& key) {
  // vfkit shares by itself.
  if (findings.vm.hypervisor == config::Hypervisor::vfkit) return;
  const std::string path = concat("/run/vmcred/", findings.vm.name, "/", share_socket_name(share));
  if (path.size() <= k_most_socket_path_bytes) return;
  const std::size_t most = share.tag.size() - (path.size() - k_most_socket_path_bytes);
  findings.add(concat(key, ".tag"),
               concat("the socket of this share would have a path of ", base::byte_count(path.size()),
                      ", and at most ", k_most_socket_path_bytes, " are possible: ", path),
               concat("shorten 'tag' to ", base::counted(most, "character")));
}

void check_virtiofs(Findings& findings, const Share& share, const std::string& key) {
  const auto& can = findings.can.shares;
  const std::string which = concat(" (", quoted(share.tag), ")");
  if (!can.virtiofs)
    findings.lacks(concat(key, ".protocol"), concat("virtiofs share", which),
                   can.plan9 ? concat("use protocol = \"9p\" with ", findings.name) : "use a volume");
  else if (share.read_only && !can.virtiofs_read_only)
    findings.lacks(concat(key, ".read_only"), concat("read-only virtiofs share", which),
                   [](const Capability& row) { return row.shares.virtiofs_read_only; });
  if (can.virtiofs) check_share_socket(findings, share, key);
}

void check_plan9(Findings& findings, const Share& share, const std::string& key) {
  const auto& can = findings.can.shares;
  const std::string which = concat(" (", quoted(share.tag), ")");
  if (!can.plan9) {
    findings.lacks(concat(key, ".protocol"), concat("9p share", which),
                   can.virtiofs ? concat("use protocol = \"virtiofs\" with ", findings.name, ", or a volume")
                                : "use a volume");
    return;
  }
  if (share.read_only && !can.plan9_read_only)
    findings.lacks(concat(key, ".read_only"), concat("read-only 9p share", which),
                   can.virtiofs ? "use protocol = \"virtiofs\"" : "use a read-only volume");
  if (share.security_model != Share::SecurityModel::none && !can.plan9_models)
    findings.lacks(concat(key, ".security_model"), concat("choice of a 9p share's security model", which),
                   [](const Capability& row) { return row.shares.plan9_models; });
  // It separates the directory from the rest by a colon.
  if (findings.vm.hypervisor == config::Hypervisor::crosvm && share.source.find(':') != std::string::npos)
    findings.add(concat(key, ".source"), concat("crosvm can't have ':' in the path of a 9p share", which),
                 "use protocol = \"virtiofs\"");
}

}  // namespace

void check_memory(Findings& findings) {
  const auto& vm = findings.vm;
  if (vm.hugepages && !findings.can.hugepages)
    findings.lacks("hugepages", "memory of huge pages", [](const Capability& row) { return row.hugepages; });
  else if (vm.hugepages)
    check_step(findings, "mem", vm.mem_mib, k_block_mib, " with 'hugepages'");
  check_hotplug(findings);
  check_balloon(findings);
}

void check_volumes(Findings& findings) {
  const auto& volumes = findings.vm.volumes;
  const std::size_t most = findings.can.volumes.most;
  if (most > 0 && volumes.size() > most)
    findings.add(concat("volumes[", most, "]"),
                 concat(findings.name, " takes ", most, " volumes, not ", volumes.size()),
                 "put several file systems into one, or use shares");
  for (std::size_t i = 0; i < volumes.size(); ++i)
    check_volume(findings, volumes[i], concat("volumes[", i, "]"));
}

void check_shares(Findings& findings) {
  const auto& shares = findings.vm.shares;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const std::string key = concat("shares[", i, "]");
    if (shares[i].protocol == Share::Protocol::virtiofs)
      check_virtiofs(findings, shares[i], key);
    else
      check_plan9(findings, shares[i], key);
  }
}

void check_devices(Findings& findings) {
  const auto& devices = findings.vm.devices;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const std::string key = concat("devices[", i, "]");
    const std::string which = concat(" (", quoted(devices[i].path), ")");
    if (devices[i].bus == Device::Bus::pci && !findings.can.pci)
      findings.lacks(key, concat("PCI device of the host's", which),
                     [](const Capability& row) { return row.pci; });
    if (devices[i].bus == Device::Bus::usb && !findings.can.usb)
      findings.lacks(key, concat("USB device of the host's", which),
                     [](const Capability& row) { return row.usb; });
  }
}

}  // namespace vmcred::vmm
