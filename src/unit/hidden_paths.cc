// SPDX-License-Identifier: Apache-2.0
#include "unit/hidden_paths.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "base/text.h"

namespace vmcred::unit {
namespace {

constexpr std::array<std::string_view, 3> k_homes = {"/home/", "/root/", "/run/user/"};
constexpr std::array<std::string_view, 2> k_temporary = {"/tmp/", "/var/tmp/"};

bool is_below(std::string_view path, std::span<const std::string_view> directories) {
  return std::ranges::any_of(directories,
                             [&](std::string_view directory) { return path.starts_with(directory); });
}

bool is_hidden(std::string_view path) {
  const std::string directory = base::concat(path, "/");
  return is_below(directory, k_homes) || is_below(directory, k_temporary);
}

bool is_in_homes(std::string_view path) { return is_below(base::concat(path, "/"), k_homes); }

base::Result<void> add_bind(std::string_view key, std::string_view prefix, std::string_view path,
                            systemd::UnitText& text) {
  if (!is_hidden(path)) return {};
  if (path.find_first_of(":\"'\\ ") != std::string::npos)
    return base::Error{
        .kind = base::ErrorKind::config,
        .what = base::concat(base::quoted(path), " can't be shown to a service of its own user"),
        .hint = "move it out of the home or temporary directory, or rename it"};
  text.set(key, prefix, systemd::list_word(path));
  return {};
}

}  // namespace

base::Result<void> add_hidden_paths(const UsedPaths& paths, systemd::UnitText& text) {
  const bool in_homes =
      std::ranges::any_of(paths.needed, is_in_homes) || std::ranges::any_of(paths.written, is_in_homes);
  text.comment(in_homes ? "paths below /home, /root or /run/user: all but them is hidden there"
                        : "no path is below /home, /root or /run/user");
  text.set("ProtectHome", in_homes ? "tmpfs" : "yes");
  for (const std::string_view path : paths.needed) VMCRED_TRY(add_bind("BindReadOnlyPaths", "", path, text));
  for (const std::string& path : paths.optional) VMCRED_TRY(add_bind("BindReadOnlyPaths", "-", path, text));
  if (!paths.written.empty()) text.comment("volumes, shares: what it may write");
  for (const std::string& path : paths.written) {
    if (!is_hidden(path)) text.set("ReadWritePaths", systemd::list_word(path));
    VMCRED_TRY(add_bind("BindPaths", "", path, text));
  }
  return {};
}

}  // namespace vmcred::unit
