// SPDX-License-Identifier: Apache-2.0
#include "unit/surroundings.h"

#include <unistd.h>
#include <algorithm>
#include <array>
#include <climits>

#include "base/file.h"
#include "base/text.h"
#include "config/path.h"
#include "config/pins.h"
#include "config/unit_names.h"

namespace vmcred::unit {
namespace {

std::string own_path() {
  char path[PATH_MAX];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  return size < 0 ? "" : std::string(path, static_cast<std::size_t>(size));
}

}  // namespace

std::span<const std::string_view> unit_directories() {
  // systemd.unit(5), "System Unit Search Path"; /lib is for hosts where it is no link to /usr/lib.
  static constexpr std::array<std::string_view, 5> k_directories = {
      "/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system",
      "/usr/lib/systemd/system", "/lib/systemd/system"};
  return k_directories;
}

std::string pins_of(const Surroundings& surroundings) {
  return config::pins_directory(config::directory_of(surroundings.config));
}

Programs programs_beside(std::string_view self) {
  const std::string_view directory = self.substr(0, self.rfind('/'));
  Programs programs;
  for (const std::string_view place : {"/lib/systemd/system-generators", "/bin"}) {
    if (!directory.ends_with(place)) continue;
    const std::string_view prefix = directory.substr(0, directory.size() - place.size());
    if (prefix.empty()) continue;  // /bin and /lib are links to those of /usr
    programs.vmcred = base::concat(prefix, "/bin/vmcred");
    programs.provider = base::concat(prefix, "/libexec/vmcred/vmcred-provider");
  }
  return programs;
}

Surroundings survey(std::string config, std::span<const std::string_view> directories) {
  const auto is_there = [&](std::string_view unit) {
    return std::ranges::any_of(directories, [&](std::string_view directory) {
      return base::path_exists(base::concat(directory, "/", unit));
    });
  };
  return {.config = std::move(config),
          .programs = programs_beside(own_path()),
          .has_template = is_there(config::k_vm_template),
          .has_target = is_there(config::k_vms_target)};
}

}  // namespace vmcred::unit
