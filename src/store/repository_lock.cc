// SPDX-License-Identifier: Apache-2.0
#include "store/repository_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::store {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_gitdir_word = "gitdir: ";
constexpr std::size_t k_max_gitdir_bytes = 8192;
constexpr auto k_patience = std::chrono::seconds(1);
constexpr auto k_pause = std::chrono::milliseconds(20);

// What a ".git" file says, as an absolute path.
std::optional<std::string> linked_git_directory(const fs::path& file) {
  const auto text = base::read_text_file(file, k_max_gitdir_bytes);
  if (!text || !text->starts_with(k_gitdir_word)) return std::nullopt;
  const fs::path target =
      text->substr(k_gitdir_word.size(), text->find_last_not_of("\r\n") + 1 - k_gitdir_word.size());
  return (file.parent_path() / target).lexically_normal();
}

struct Lock {
  base::UniqueFd fd;
  std::string path;
};

base::Result<Lock> open_lock(const std::string& root) {
  if (const auto git = git_directory_of(root)) {
    std::string path = base::concat(*git, "/clan.lock");
    VMCRED_TRY_ASSIGN(base::UniqueFd fd, base::open_file(path, O_RDWR | O_CREAT, 0666));
    return Lock{.fd = std::move(fd), .path = std::move(path)};
  }
  VMCRED_TRY_ASSIGN(base::UniqueFd fd, base::open_file(root, O_RDONLY | O_DIRECTORY));
  return Lock{.fd = std::move(fd), .path = root};
}

// False where another process holds it.
base::Result<bool> take(const Lock& lock, int flags) {
  while (::flock(lock.fd.get(), LOCK_EX | flags) != 0) {
    if (errno == EWOULDBLOCK) return false;
    if (errno != EINTR) return base::errno_error(lock.path);
  }
  return true;
}

}  // namespace

std::optional<std::string> git_directory_of(const std::string& root) {
  std::error_code ignored;
  for (fs::path folder = fs::weakly_canonical(root, ignored);; folder = folder.parent_path()) {
    const fs::path candidate = folder / ".git";
    struct stat status{};
    if (::stat(candidate.c_str(), &status) == 0) {
      if (S_ISDIR(status.st_mode) && base::path_exists(candidate / "HEAD")) return candidate;
      if (S_ISREG(status.st_mode)) return linked_git_directory(candidate);
    }
    if (!folder.has_relative_path()) return std::nullopt;
  }
}

base::Result<base::UniqueFd> lock_repository(const std::string& root) {
  VMCRED_TRY_ASSIGN(Lock lock, open_lock(root));
  const auto end_of_patience = std::chrono::steady_clock::now() + k_patience;
  for (;;) {
    VMCRED_TRY_ASSIGN(const bool taken, take(lock, LOCK_NB));
    if (taken) return std::move(lock.fd);
    if (std::chrono::steady_clock::now() >= end_of_patience) break;
    std::this_thread::sleep_for(k_pause);
  }
  std::fprintf(stderr, "vmcred: waiting for another process that holds %s\n", lock.path.c_str());
  VMCRED_TRY(take(lock, 0));
  return std::move(lock.fd);
}

base::Result<std::optional<base::UniqueFd>> try_lock_repository(const std::string& root) {
  VMCRED_TRY_ASSIGN(Lock lock, open_lock(root));
  VMCRED_TRY_ASSIGN(const bool taken, take(lock, LOCK_NB));
  if (!taken) return std::optional<base::UniqueFd>();
  return std::optional(std::move(lock.fd));
}

}  // namespace vmcred::store
