// SPDX-License-Identifier: Apache-2.0
#include "cli/age/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "base/file.h"
#include "base/text.h"
#include "cli/output_path.h"
#include "secret/read.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;
using secret::SecretBuffer;

constexpr std::string_view k_standard = "-";
constexpr std::size_t k_max_key_file_bytes = 16UL * 1024 * 1024;
constexpr std::size_t k_max_piped_key_bytes = 256UL * 1024;

// A pipe tells no size beforehand.
Result<SecretBuffer> read_piped_keys(int fd, const std::string& name) {
  VMCRED_TRY_ASSIGN(SecretBuffer keys, SecretBuffer::zeroed(k_max_piped_key_bytes));
  VMCRED_TRY_ASSIGN(const std::size_t size, base::read_up_to(fd, keys.writable_bytes(), name));
  if (size == k_max_piped_key_bytes)
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = concat(name, ": more than ", base::byte_count(k_max_piped_key_bytes))};
  keys.truncate(size);
  return keys;
}

base::Error exists_already(const std::string& path) {
  return {.kind = base::ErrorKind::refused,
          .what = concat(path, ": there is a file already"),
          .hint = "choose another name, or remove the file yourself"};
}

}  // namespace

Result<void> check_standard_input(const command::Arguments& arguments) {
  std::size_t uses = arguments.operand_at(0).value_or(std::string(k_standard)) == k_standard ? 1 : 0;
  for (const std::string_view option : {"--identity", "--recipients-file", "--passphrase-file"})
    for (const auto& path : arguments.values(option))
      if (path == k_standard) ++uses;
  if (uses > 1)
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = "standard input can be one file only",
                       .hint = "name the others"};
  return {};
}

Result<InputFile> InputFile::open(const command::Arguments& arguments) {
  const std::string path = arguments.operand_at(0).value_or(std::string(k_standard));
  if (path == k_standard) return InputFile(UniqueFd(), "standard input");
  VMCRED_TRY_ASSIGN(UniqueFd file, base::open_file(path, O_RDONLY));
  return InputFile(std::move(file), path);
}

int InputFile::fd() const { return m_file.valid() ? m_file.get() : STDIN_FILENO; }

Result<SecretBuffer> read_key_file(const std::string& path) {
  if (path == k_standard) return read_piped_keys(STDIN_FILENO, "standard input");
  VMCRED_TRY_ASSIGN(const UniqueFd file, base::open_file(path, O_RDONLY));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return base::errno_error(path);
  if (!S_ISREG(status.st_mode)) return read_piped_keys(file.get(), path);
  return secret::read_secret_file(file.get(), k_max_key_file_bytes, path);
}

Result<OutputFile> OutputFile::open(const command::Arguments& arguments, const command::Streams& streams,
                                    mode_t mode, IfExists if_exists) {
  const std::string path = arguments.value("--output").value_or(std::string(k_standard));
  if (path == k_standard) return OutputFile("standard output", streams.out);
  OutputFile output(path, streams.out);
  VMCRED_TRY(output.open_file(mode, if_exists));
  return output;
}

Result<void> OutputFile::open_file(mode_t mode, IfExists if_exists) {
  m_if_exists = if_exists;
  struct stat status{};
  const bool exists = ::stat(m_name.c_str(), &status) == 0;
  m_sync = exists || if_exists == IfExists::fail;
  if (exists && if_exists == IfExists::fail) return exists_already(m_name);
  if (exists && !S_ISREG(status.st_mode)) {
    VMCRED_TRY_ASSIGN(m_file, base::open_file(m_name, O_WRONLY));
    return {};
  }
  m_path = resolved(m_name);
  VMCRED_TRY(create());
  if (::fchmod(m_file.get(), mode) != 0) return base::errno_error(m_name);
  return {};
}

// Without a name the file is gone when we are, however that comes.
Result<void> OutputFile::create() {
  const std::string folder = std::filesystem::path(m_path).parent_path().string();
  m_file = UniqueFd(
      ::open(folder.empty() ? "." : folder.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, k_private_file_mode));
  m_pending = true;
  if (m_file.valid()) return {};
  if (errno != EOPNOTSUPP && errno != EISDIR) return base::errno_error(m_name);
  std::string temporary = concat(m_path, ".XXXXXX");
  m_file = UniqueFd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!m_file.valid()) return base::errno_error(m_name);
  m_temporary = std::move(temporary);
  return {};
}

OutputFile::~OutputFile() {
  if (!m_temporary.empty()) ::unlink(m_temporary.c_str());
}

// A name for the unnamed file: another's name can't be taken over but by a rename.
Result<void> OutputFile::name_file() {
  const std::string unnamed = concat("/proc/self/fd/", m_file.get());
  std::string temporary = concat(m_path, ".", ::getpid());
  ::unlink(temporary.c_str());  // of a process of that number before us
  if (::linkat(AT_FDCWD, unnamed.c_str(), AT_FDCWD, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0)
    return base::errno_error(m_name);
  m_temporary = std::move(temporary);
  return {};
}

Result<void> OutputFile::commit() {
  if (!m_pending) return {};
  if (m_sync && ::fsync(m_file.get()) != 0) return base::errno_error(m_name);
  if (m_temporary.empty()) VMCRED_TRY(name_file());
  const unsigned flags = m_if_exists == IfExists::fail ? RENAME_NOREPLACE : 0;
  if (::renameat2(AT_FDCWD, m_temporary.c_str(), AT_FDCWD, m_path.c_str(), flags) != 0)
    return errno == EEXIST ? exists_already(m_name) : base::errno_error(m_name);
  m_temporary.clear();
  m_pending = false;
  return {};
}

}  // namespace vmcred::cli
