// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_storage.h"

#include <algorithm>

namespace vmcred::unit {
namespace {

using config::VirtualMachine;
using config::Volume;
using Paths = std::vector<std::string>;

bool is_device(const Volume& volume) { return volume.image.starts_with("/dev/"); }

// One that may have to be made needs its directory: but never the whole host.
std::string written_path_of(const Volume& volume) {
  const std::string directory = volume.image.substr(0, volume.image.rfind('/'));
  return volume.size_mib == 0 || directory.empty() ? volume.image : directory;
}

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
  for (const auto& volume : vm.volumes)
    if (!volume.read_only && !is_device(volume)) paths.push_back(written_path_of(volume));
  for (const auto& share : vm.shares)
    if (!share.read_only) paths.push_back(share.source);
  return once_each(std::move(paths));
}

Paths disk_devices_of(const VirtualMachine& vm, DiskUse use) {
  Paths read;
  Paths written;
  for (const auto& volume : vm.volumes)
    if (is_device(volume)) (volume.read_only ? read : written).push_back(volume.image);
  if (use == DiskUse::written) return once_each(std::move(written));
  std::erase_if(read,
                [&](const std::string& path) { return std::ranges::find(written, path) != written.end(); });
  return once_each(std::move(read));
}

}  // namespace vmcred::unit
