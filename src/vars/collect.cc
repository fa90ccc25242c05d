// SPDX-License-Identifier: Apache-2.0
#include "vars/collect.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <algorithm>
#include <cerrno>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "secret/read.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;

Error wrong(const std::string& file, std::string_view what, std::string hint = {}) {
  return {.kind = ErrorKind::credential,
          .what = concat("the script left ", what, " as file ", base::quoted(file)),
          .hint = std::move(hint)};
}

Error missing(const std::string& file, std::span<const std::string> names) {
  constexpr std::size_t k_most_shown = 10;
  std::vector<std::string> shown;
  for (const auto& name : names.first(std::min(names.size(), k_most_shown)))
    shown.push_back(base::escaped(name));
  if (names.size() > shown.size()) shown.emplace_back("…");
  const std::string others = names.empty() ? "no file at all" : base::join(shown, ", ");
  return {.kind = ErrorKind::credential,
          .what = concat("the script left no file ", base::quoted(file), base::did_you_mean(file, names)),
          .hint = concat("write it to \"$out/", file, "\"; there is: ", others)};
}

Result<secret::SecretBuffer> read_file(int folder, const std::string& name,
                                       std::span<const std::string> names, bool may_be_empty) {
  if (!std::ranges::binary_search(names, name)) return missing(name, names);
  auto file = base::open_beneath(folder, name, O_RDONLY | O_NONBLOCK);
  struct stat status{};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return base::errno_error(name);
  if (S_ISLNK(status.st_mode)) return wrong(name, "a symbolic link");
  if (!S_ISREG(status.st_mode)) return wrong(name, "something that is not a regular file");
  if (!file) return std::move(file).error();
  if (::fstat(file->get(), &status) != 0) return base::errno_error(name);
  if (!S_ISREG(status.st_mode)) return wrong(name, "something that is not a regular file");
  if (status.st_size == 0 && !may_be_empty)
    return wrong(name, "nothing", "a command in front of a pipe may have failed: 'set -o pipefail' shows it");
  if (static_cast<std::size_t>(status.st_size) > k_max_var_bytes)
    return wrong(name, concat("more than ", base::byte_count(k_max_var_bytes)));
  return secret::read_secret_file(file->get(), k_max_var_bytes, name);
}

}  // namespace

Result<ScriptResult> collect(int folder, std::span<const std::string> expected,
                             std::span<const std::string> may_be_empty) {
  VMCRED_TRY_ASSIGN(const auto names, base::file_names(folder, "$out"));
  ScriptResult result;
  for (const std::string& name : expected) {
    const bool can_be_empty = std::ranges::find(may_be_empty, name) != may_be_empty.end();
    VMCRED_TRY_ASSIGN(secret::SecretBuffer value, read_file(folder, name, names, can_be_empty));
    result.files.push_back({.name = name, .value = std::move(value)});
  }
  for (const std::string& name : names)
    if (std::ranges::find(expected, name) == expected.end()) result.extra.push_back(name);
  return result;
}

}  // namespace vmcred::vars
