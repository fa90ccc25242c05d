// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_storage.h"

#include <algorithm>

namespace vmcred::unit {
namespace {

using config::VirtualMachine;
using config::Volume;
using Paths = std::vector<std::string>;

bool is_device(const Volume& volume) { return volume.image.starts_with("/dev/"); }

Paths once_each(Paths paths) {
  std::ranges::sort(paths);
  const auto rest = std::ranges::unique(paths);
  paths.erase(rest.begin(), rest.end());
  return paths;
}

}  // namespace

Paths storage_of(const VirtualMachine& vm) {
  Paths paths;
  for (const auto& volume : vm.volumes) paths.push_back(volume.image);
  for (const auto& share : vm.shares) paths.push_back(share.source);
  return once_each(std::move(paths));
}

Paths read_storage_of(const VirtualMachine& vm) {
  Paths paths;
  for (const auto& volume : vm.volumes)
    if (volume.read_only && !is_device(volume)) paths.push_back(volume.image);
  for (const auto& share : vm.shares)
    if (share.read_only) paths.push_back(share.source);
  return once_each(std::move(paths));
}

Paths written_storage_of(const VirtualMachine& vm) {
  Paths paths;
  for (const auto& volume : vm.volumes) {
    if (volume.read_only || is_device(volume)) continue;
    paths.push_back(volume.size_mib == 0 ? volume.image : volume.image.substr(0, volume.image.rfind('/')));
  }
  for (const auto& share : vm.shares)
    if (!share.read_only) paths.push_back(share.source);
  return once_each(std::move(paths));
}

Paths disk_devices_of(const VirtualMachine& vm) {
  Paths paths;
  for (const auto& volume : vm.volumes)
    if (is_device(volume)) paths.push_back(volume.image);
  return once_each(std::move(paths));
}

}  // namespace vmcred::unit
