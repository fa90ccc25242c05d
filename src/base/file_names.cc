// SPDX-License-Identifier: Apache-2.0
#include "base/file_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <algorithm>
#include <cerrno>
#include <memory>

#include "base/file.h"

namespace vmcred::base {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Result<std::vector<std::string>> file_names(int directory, std::string_view subject) {
  // A descriptor of its own: reading a directory moves the position, which copies would share.
  UniqueFd fd(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.valid()) return errno_error(subject);
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(fd.get()));
  if (!stream) return errno_error(subject);
  static_cast<void>(fd.release());

  std::vector<std::string> names;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr && errno != 0) return errno_error(subject);
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> file_names(const std::string& path) {
  const auto directory = open_file(path, O_RDONLY | O_DIRECTORY);
  if (!directory) return {};
  auto names = file_names(directory->get(), path);
  return names ? *std::move(names) : std::vector<std::string>();
}

}  // namespace vmcred::base
