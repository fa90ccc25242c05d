// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "vmm/check.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using base::quoted;
using config::Device;
using config::Share;
using config::Volume;

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
    findings.lacks(
        concat(key, ".format"), concat("volume of format qcow2", which),
        [](const Capability& row) { return row.volumes.qcow2; },
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

void check_virtiofs(Findings& findings, const Share& share, const std::string& key) {
  const auto& can = findings.can.shares;
  const std::string which = concat(" (", quoted(share.tag), ")");
  if (!can.virtiofs)
    findings.lacks(
        concat(key, ".protocol"), concat("virtiofs share", which),
        [](const Capability& row) { return row.shares.virtiofs; },
        can.plan9 ? concat("use protocol = \"9p\" with ", findings.name) : "use a volume");
  else if (share.read_only && !can.virtiofs_read_only)
    findings.lacks(concat(key, ".read_only"), concat("read-only virtiofs share", which),
                   [](const Capability& row) { return row.shares.virtiofs_read_only; });
}

void check_plan9(Findings& findings, const Share& share, const std::string& key) {
  const auto& can = findings.can.shares;
  const std::string which = concat(" (", quoted(share.tag), ")");
  if (!can.plan9) {
    findings.lacks(
        concat(key, ".protocol"), concat("9p share", which),
        [](const Capability& row) { return row.shares.plan9; },
        can.virtiofs ? concat("use protocol = \"virtiofs\" with ", findings.name, ", or a volume")
                     : "use a volume");
    return;
  }
  if (share.read_only && !can.plan9_read_only)
    findings.lacks(
        concat(key, ".read_only"), concat("read-only 9p share", which),
        [](const Capability& row) { return row.shares.plan9_read_only; },
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
  if (vm.hotplug_mem_mib > 0 && !findings.can.hotplug)
    findings.lacks(
        "hotplug_mem", "memory to plug in later", [](const Capability& row) { return row.hotplug; },
        vm.hypervisor == config::Hypervisor::qemu ? "set machine = \"q35\"" : "");
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
