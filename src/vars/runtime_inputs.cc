// SPDX-License-Identifier: Apache-2.0
#include "vars/runtime_inputs.h"

#include <sys/stat.h>
#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>

#include "base/process.h"
#include "base/text.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;

constexpr std::array k_system_folders = {
    "/usr",   "/bin",    "/sbin",      "/lib",       "/lib32",
    "/lib64", "/libx32", "/nix/store", "/gnu/store", "/run/current-system"};
constexpr std::string_view k_system_path = "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin";

bool is_folder(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
}

std::string folder_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

std::string resolved(const std::string& path) {
  char buffer[PATH_MAX];
  return ::realpath(path.c_str(), buffer) == nullptr ? path : buffer;
}

bool is_of_system(std::string_view path) {
  return std::ranges::any_of(k_system_folders, [&](std::string_view folder) {
    return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
  });
}

class Gatherer {
 public:
  void add(const std::string& folder) {
    if (std::ranges::find(m_folders, folder) != m_folders.end()) return;
    m_folders.push_back(folder);
    if (!is_of_system(folder)) m_bound.push_back(folder);
  }

  // The folder where a program is found, and the one where it really lies.
  void add_program(const std::string& path) {
    add(folder_of(path));
    add(folder_of(resolved(path)));
  }

  ProgramFolders take() && {
    return {.path = concat(base::join(m_folders, ":"), m_folders.empty() ? "" : ":", k_system_path),
            .bound = std::move(m_bound)};
  }

 private:
  std::vector<std::string> m_folders;
  std::vector<std::string> m_bound;
};

}  // namespace

std::span<const char* const> system_folders() { return k_system_folders; }

base::Result<ProgramFolders> find_program_folders(std::span<const std::string> inputs) {
  Gatherer gatherer;
  for (const std::string& input : inputs) {
    if (input.starts_with('/')) {
      if (!is_folder(input))
        return Error{.kind = ErrorKind::host,
                     .what = concat("runtime input ", input, " is not a folder"),
                     .hint = "mend it in 'runtime_inputs'"};
      gatherer.add(input);
    } else {
      const std::string program = base::find_on_path(input);
      if (program.empty())
        return Error{.kind = ErrorKind::host,
                     .what = concat("runtime input ", quoted(input), " is no program in $PATH"),
                     .hint = "install it, or name its folder in 'runtime_inputs'"};
      gatherer.add_program(program);
    }
  }
  // Where the system's shell is not in the usual place.
  if (const std::string shell = base::find_on_path("bash"); !shell.empty()) gatherer.add_program(shell);
  return std::move(gatherer).take();
}

}  // namespace vmcred::vars
