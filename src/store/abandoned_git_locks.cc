// SPDX-License-Identifier: Apache-2.0
#include "store/abandoned_git_locks.h"

#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <string_view>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/file_names.h"
#include "base/text.h"
#include "store/repository_lock.h"

namespace vmcred::store {
namespace {

using base::concat;

constexpr auto k_patience = std::chrono::seconds(3);
constexpr auto k_pause = std::chrono::milliseconds(50);
constexpr std::size_t k_max_head_bytes = 4096;

// Of a linked work tree: where its branches are kept.
std::string common_directory(const std::string& git_directory) {
  const auto text = base::read_text_file(concat(git_directory, "/commondir"), k_max_head_bytes);
  if (!text) return git_directory;
  const std::string path = text->substr(0, text->find('\n'));
  return path.starts_with('/') ? path : concat(git_directory, "/", path);
}

// The lock of what HEAD names, "ref: refs/heads/main"; none where it names a commit.
std::vector<std::string> lock_paths(const std::string& git_directory) {
  std::vector<std::string> paths = {concat(git_directory, "/index.lock"),
                                    concat(git_directory, "/HEAD.lock")};
  constexpr std::string_view k_reference = "ref: ";
  const auto head = base::read_text_file(concat(git_directory, "/HEAD"), k_max_head_bytes);
  if (head && head->starts_with(k_reference)) {
    const std::string branch = head->substr(k_reference.size(), head->find('\n') - k_reference.size());
    paths.push_back(concat(common_directory(git_directory), "/", branch, ".lock"));
  }
  std::erase_if(paths, [](const std::string& path) { return !base::path_exists(path); });
  return paths;
}

bool is_git(const std::string& process) {
  const auto name = base::read_text_file(concat("/proc/", process, "/comm"), 64);
  return name && (*name == "git\n" || name->starts_with("git-"));
}

// Also true where nobody can tell.
bool git_runs() {
  const auto processes = base::open_file("/proc", O_RDONLY | O_DIRECTORY);
  if (!processes) return true;
  const auto names = base::file_names(processes->get(), "/proc");
  if (!names) return true;
  return std::ranges::any_of(*names, [](const std::string& name) {
    return std::isdigit(static_cast<unsigned char>(name[0])) != 0 && is_git(name);
  });
}

}  // namespace

base::Result<void> remove_abandoned_git_locks(const std::string& root) {
  const auto git_directory = git_directory_of(root);
  if (!git_directory) return {};
  const auto deadline = std::chrono::steady_clock::now() + k_patience;
  while (git_runs() && !lock_paths(*git_directory).empty()) {
    if (std::chrono::steady_clock::now() > deadline) return {};
    std::this_thread::sleep_for(k_pause);
  }
  for (const auto& path : lock_paths(*git_directory))
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return base::errno_error(path);
  return {};
}

}  // namespace vmcred::store
