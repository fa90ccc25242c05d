// SPDX-License-Identifier: Apache-2.0
#include "provider/cgroup.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::provider {
namespace {

constexpr std::size_t k_max_bytes = 64 * 1024UL;
constexpr std::string_view k_slice = ".slice";
constexpr std::string_view k_managers_own = "/init.scope";

// The path in one hierarchy: of the line "NUMBER:CONTROLLERS:PATH" with these first two parts; "" where there
// is none.
std::string_view path_behind(std::string_view text, std::string_view controllers) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto first = line.find(':');
    const auto second = line.find(':', first + 1);
    if (second != std::string_view::npos && line.substr(first + 1, second - first - 1) == controllers)
      return line.substr(second + 1);
  }
  return {};
}

std::string_view without_end(std::string_view text, std::string_view end) {
  return text.ends_with(end) ? text.substr(0, text.size() - end.size()) : text;
}

// The first group below the slices. Its name has a '_' in front where it would be mistaken for a file's.
std::optional<std::string> unit_at(std::string_view path, std::string_view root) {
  if (!path.starts_with(root)) return std::nullopt;
  path.remove_prefix(root.size());
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const std::string_view name = path.substr(0, path.find('/'));
    if (name.empty()) break;
    if (!name.ends_with(k_slice)) return std::string(name.starts_with('_') ? name.substr(1) : name);
    path.remove_prefix(name.size());
  }
  return std::nullopt;
}

}  // namespace

// The kernel's version 2 has one hierarchy, without controllers; with version 1, systemd has one of its own.
std::optional<std::string> unit_of_cgroup(std::string_view process, std::string_view manager) {
  for (const std::string_view controllers : {"name=systemd", ""}) {
    const std::string_view path = path_behind(process, controllers);
    const std::string_view root =
        without_end(without_end(path_behind(manager, controllers), k_managers_own), "/");
    if (auto unit = unit_at(path, root)) return unit;
  }
  return std::nullopt;
}

base::Result<std::string> unit_of_process(pid_t process) {
  const auto file_of = [](pid_t pid) {
    return base::read_text_file(base::concat("/proc/", pid, "/cgroup"), k_max_bytes);
  };
  VMCRED_TRY_ASSIGN(const std::string own, file_of(process));
  VMCRED_TRY_ASSIGN(const std::string managers, file_of(1));
  if (auto unit = unit_of_cgroup(own, managers)) return *std::move(unit);
  return base::Error{.kind = base::ErrorKind::refused,
                     .what = base::concat("process ", process, " belongs to no unit of systemd")};
}

}  // namespace vmcred::provider
