// SPDX-License-Identifier: Apache-2.0
#include "store/tree_path.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace vmcred::store {
namespace {

// File systems that ignore case have it under all these names.
bool is_git_folder(std::string_view part) {
  return part.size() == 4 && part[0] == '.' && (part[1] | 0x20) == 'g' && (part[2] | 0x20) == 'i' &&
         (part[3] | 0x20) == 't';
}

bool is_allowed_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && part != k_journal_folder && !is_git_folder(part);
}

bool is_allowed(std::string_view path) {
  if (std::ranges::any_of(path, base::is_control)) return false;
  for (;;) {
    const auto slash = path.find('/');
    if (!is_allowed_part(path.substr(0, slash))) return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

base::Result<void> check_path(std::string_view path) {
  if (is_allowed(path)) return {};
  return base::Error{.kind = base::ErrorKind::refused,
                     .what = base::concat("path ", base::quoted(path), " may not be changed"),
                     .hint = "paths are relative to the repository, without '..', and not below .git"};
}

std::string_view folder_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

std::string_view name_of(std::string_view path) { return path.substr(path.rfind('/') + 1); }

std::string path_in(std::string_view folder, std::string_view name) {
  return folder.empty() ? std::string(name) : base::concat(folder, "/", name);
}

std::string relative_target(std::string_view from, std::string_view to) {
  std::size_t common = 0;  // past the last slash up to which both are the same
  for (std::size_t i = 0; i < std::min(from.size(), to.size()) && from[i] == to[i]; ++i)
    if (from[i] == '/') common = i + 1;
  std::string target;
  for (auto left = std::ranges::count(from.substr(common), '/'); left > 0; --left) target += "../";
  return target.append(to.substr(common));
}

}  // namespace vmcred::store
