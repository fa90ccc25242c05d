// SPDX-License-Identifier: Apache-2.0
#include "config/path.h"

#include <algorithm>

namespace vmcred::config {
namespace {

// Takes back the last component, if there is one that ".." can undo.
bool drop_last(std::string& path) {
  if (path == "/") return true;
  const std::size_t slash = path.rfind('/');
  const std::size_t start = slash == std::string::npos ? 0 : slash + 1;
  const std::string_view last = std::string_view(path).substr(start);
  if (last.empty() || last == "..") return false;
  const bool first = slash == std::string::npos || slash == 0;
  path.resize(first ? start : slash);
  return true;
}

void append(std::string& path, std::string_view part) {
  while (!part.empty()) {
    const std::string_view component = part.substr(0, part.find('/'));
    part.remove_prefix(std::min(part.size(), component.size() + 1));
    if (component.empty() || component == ".") continue;
    if (component == ".." && drop_last(path)) continue;
    if (!path.empty() && !path.ends_with('/')) path += '/';
    path += component;
  }
}

// Is there surely nothing to take out of this absolute path?
bool is_normal(std::string_view path) {
  return path.starts_with('/') && !path.ends_with('/') && path.find("//") == std::string_view::npos &&
         path.find("/.") == std::string_view::npos;
}

}  // namespace

std::string_view directory_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  return slash == 0 ? "/" : path.substr(0, slash);
}

std::string anchored(std::string_view directory, std::string_view path) {
  if (is_normal(path)) return std::string(path);
  if (path.starts_with('/')) directory = "";
  std::string result;
  result.reserve(directory.size() + path.size() + 1);
  if (path.starts_with('/') || directory.starts_with('/')) result += '/';
  append(result, directory);
  append(result, path);
  return result.empty() ? "." : result;
}

}  // namespace vmcred::config
