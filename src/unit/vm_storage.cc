// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_storage.h"

#include "config/path.h"
#include "unit/hidden_paths.h"

namespace vmcred::unit {

Storage storage_of(const config::VirtualMachine& vm) {
  Storage storage;
  for (const auto& volume : vm.volumes) {
    if (volume.image.starts_with("/dev/")) continue;  // DeviceAllow= says it
    if (volume.size_mib > 0)
      storage.written.emplace_back(config::directory_of(volume.image));
    else
      (volume.read_only ? storage.read : storage.written).push_back(volume.image);
  }
  for (const auto& share : vm.shares)
    (share.read_only ? storage.read : storage.written).push_back(share.source);
  return storage;
}

void add_storage(const Storage& storage, systemd::UnitText& text) {
  if (storage.written.empty()) return;
  text.comment("volumes, shares: what is written");
  for (const std::string& path : storage.written)
    if (!is_hidden(path)) text.set("ReadWritePaths", systemd::list_word(path));
}

}  // namespace vmcred::unit
