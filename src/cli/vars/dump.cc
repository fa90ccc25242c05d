// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/dump.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <cerrno>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "secret/read.h"
#include "vars/sandbox.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr mode_t k_folder_mode = 0700;
constexpr mode_t k_file_mode = 0600;
constexpr std::size_t k_max_hash_bytes = 4096;
constexpr std::string_view k_new_folder_hint = "name a folder that does not exist yet";

Result<void> check_is_memory(int fd, const std::string& path) {
  struct statfs facts{};
  if (::fstatfs(fd, &facts) != 0) return base::errno_error(path);
  if (facts.f_type == TMPFS_MAGIC || facts.f_type == RAMFS_MAGIC) return {};
  return Error{.kind = ErrorKind::refused,
               .what = concat(path, " would be on a disk, which keeps plaintext even when it is deleted"),
               .hint = "name a folder on a tmpfs ('/dev/shm/…'), or add --allow-disk"};
}

// Each folder on the way, made where it is absent.
Result<UniqueFd> make_folders(int directory, const std::string& path, const std::string& subject) {
  std::string so_far;
  for (std::size_t start = 0; start <= path.size();) {
    const auto slash = std::min(path.find('/', start), path.size());
    so_far = path.substr(0, slash);
    if (::mkdirat(directory, so_far.c_str(), k_folder_mode) != 0 && errno != EEXIST)
      return base::errno_error(concat(subject, "/", so_far));
    start = slash + 1;
  }
  UniqueFd made(::openat(directory, path.c_str(), O_DIRECTORY | O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!made.valid()) return base::errno_error(concat(subject, "/", path));
  return made;
}

}  // namespace

Result<Dump> Dump::create(const std::string& path, Disk disk) {
  if (::mkdir(path.c_str(), k_folder_mode) != 0) return base::errno_error(path).with_hint(k_new_folder_hint);
  VMCRED_TRY_ASSIGN(UniqueFd directory, base::open_file(path, O_DIRECTORY | O_RDONLY));
  const auto checked = disk == Disk::allowed ? Result<void>() : check_is_memory(directory.get(), path);
  if (!checked) {
    ::rmdir(path.c_str());
    return checked.error();
  }
  return Dump(path, std::move(directory));
}

Result<void> Dump::check_create(const std::string& path, Disk disk) {
  if (base::path_exists(path)) return base::errno_error(path, EEXIST).with_hint(k_new_folder_hint);
  const std::string parent = std::filesystem::path(path).lexically_normal().parent_path();
  VMCRED_TRY_ASSIGN(const UniqueFd folder,
                    base::open_file(parent.empty() ? "." : parent, O_DIRECTORY | O_RDONLY));
  return disk == Disk::allowed ? Result<void>() : check_is_memory(folder.get(), path);
}

Result<Dump> Dump::open(const std::string& path) {
  VMCRED_TRY_ASSIGN(UniqueFd directory, base::open_file(path, O_DIRECTORY | O_RDONLY));
  return Dump(path, std::move(directory));
}

Result<void> Dump::write_file(const std::string& name, std::span<const std::byte> contents) {
  const auto slash = name.rfind('/');
  VMCRED_TRY_ASSIGN(const UniqueFd place, make_folders(m_directory.get(), name.substr(0, slash), m_path));
  VMCRED_TRY_ASSIGN(const UniqueFd file, base::open_beneath(place.get(), name.substr(slash + 1),
                                                            O_WRONLY | O_CREAT | O_EXCL, k_file_mode));
  return base::write_all(file.get(), contents, concat(m_path, "/", name));
}

std::string Dump::name_of(const store::VarId& var) { return store::path_of(var); }

std::string Dump::name_of_hash(const store::GeneratorId& generator) {
  return concat(store::path_of(generator), "/.validation-hash");
}

Result<void> Dump::write(const store::VarId& var, std::span<const std::byte> value) {
  return write_file(name_of(var), value);
}

Result<void> Dump::write_hash(const store::GeneratorId& generator, const std::string& hash) {
  return write_file(name_of_hash(generator), std::as_bytes(std::span(hash)));
}

Result<std::optional<secret::SecretBuffer>> Dump::read(const store::VarId& var) const {
  const std::string path = name_of(var);
  const UniqueFd file(
      ::openat(m_directory.get(), path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.valid() && errno == ENOENT) return std::optional<secret::SecretBuffer>();
  const std::string subject = concat(m_path, "/", path);
  if (!file.valid()) return base::errno_error(subject);
  VMCRED_TRY_ASSIGN(secret::SecretBuffer value,
                    secret::read_secret_file(file.get(), vars::k_max_var_bytes, subject));
  return std::optional(std::move(value));
}

Result<std::optional<std::string>> Dump::read_hash(const store::GeneratorId& generator) const {
  const std::string path = concat(m_path, "/", name_of_hash(generator));
  if (!base::path_exists(path)) return std::optional<std::string>();
  VMCRED_TRY_ASSIGN(std::string hash, base::read_text_file(path, k_max_hash_bytes));
  return std::optional(std::move(hash));
}

}  // namespace vmcred::cli
