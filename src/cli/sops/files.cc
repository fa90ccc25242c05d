// SPDX-License-Identifier: Apache-2.0
#include "cli/sops/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>

#include "base/file.h"
#include "base/scope_exit.h"
#include "base/text.h"
#include "cli/output_path.h"
#include "secret/read.h"
#include "sops/creation_rules.h"
#include "sops/failure.h"
#include "sops/tree.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::UniqueFd;
using sops::failed;
using sops::Failure;

constexpr std::size_t k_most_bytes = std::size_t{256} << 20U;
constexpr std::size_t k_first_bytes = std::size_t{64} << 10U;
constexpr mode_t k_open_mode = 0644;
constexpr mode_t k_owner_only = 0700;  // of a mode, the bits that a plain result keeps

base::Error with_failure(Failure failure, base::Error error) {
  error.detail = static_cast<int>(failure);
  return error;
}

base::Result<secret::SecretBuffer> grown(const secret::SecretBuffer& buffer) {
  VMCRED_TRY_ASSIGN(auto larger, secret::SecretBuffer::zeroed(buffer.size() * 2));
  std::copy(buffer.bytes().begin(), buffer.bytes().end(), larger.writable_bytes().begin());
  return larger;
}

// A pipe or terminal, of which nobody knows the length before its end.
base::Result<secret::SecretBuffer> read_stream(int fd, std::string_view subject) {
  VMCRED_TRY_ASSIGN(auto buffer, secret::SecretBuffer::zeroed(k_first_bytes));
  std::size_t size = 0;
  while (true) {
    VMCRED_TRY_ASSIGN(const std::size_t count,
                      base::read_up_to(fd, buffer.writable_bytes().subspan(size), subject));
    size += count;
    if (size < buffer.size()) break;
    if (size >= k_most_bytes) return failed(Failure::unreadable, concat(subject, " is too large"));
    VMCRED_TRY_ASSIGN(buffer, grown(buffer));
  }
  buffer.truncate(size);
  return buffer;
}

base::Result<secret::SecretBuffer> read_fd(int fd, std::string_view subject) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return base::errno_error(subject);
  if (S_ISREG(status.st_mode)) return secret::read_secret_file(fd, k_most_bytes, subject);
  if (S_ISDIR(status.st_mode)) return failed(Failure::unreadable, concat(subject, " is a folder"));
  return read_stream(fd, subject);
}

base::Result<std::optional<sops::Format>> type_option(const command::Arguments& arguments,
                                                      std::string_view option) {
  const auto name = arguments.value(option);
  if (!name) return std::optional<sops::Format>();
  VMCRED_TRY_ASSIGN(const sops::Format format, sops::parse_format(*name));
  return std::optional(format);
}

base::Result<void> take_over_attributes(int fd, const std::string& path, Secrecy secrecy) {
  struct stat old{};
  const bool exists = ::stat(path.c_str(), &old) == 0;
  mode_t mode = exists ? old.st_mode & 07777U : k_open_mode & usual_file_mode();
  if (secrecy == Secrecy::plain) mode &= k_owner_only;
  // Another owner's file stays theirs where we may say so; else it becomes ours, as with every rename.
  if (exists && ::fchown(fd, old.st_uid, old.st_gid) != 0 && errno != EPERM) return base::errno_error(path);
  if (::fchmod(fd, mode) != 0) return base::errno_error(path);
  return {};
}

base::Result<void> replace_regular_file(const std::string& path, crypto::Bytes contents, Secrecy secrecy) {
  const std::filesystem::path target(path);
  std::string temporary =
      (target.parent_path() / concat(".", target.filename().string(), ".XXXXXX")).string();
  const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return base::errno_error(target.parent_path().string());
  bool renamed = false;
  const base::ScopeExit remove([&] {
    if (!renamed) ::unlink(temporary.c_str());
  });
  VMCRED_TRY(base::write_all(fd.get(), contents, path));
  VMCRED_TRY(take_over_attributes(fd.get(), path, secrecy));
  if (::fsync(fd.get()) != 0) return base::errno_error(path);
  if (::rename(temporary.c_str(), path.c_str()) != 0) return base::errno_error(path);
  renamed = true;
  VMCRED_TRY_ASSIGN(const UniqueFd folder,
                    base::open_file(target.parent_path().string(), O_RDONLY | O_DIRECTORY));
  if (::fsync(folder.get()) != 0 && errno != EINVAL) return base::errno_error(target.parent_path().string());
  return {};
}

bool is_special(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
}

base::Result<void> write_special(const std::string& path, crypto::Bytes contents) {
  VMCRED_TRY_ASSIGN(const UniqueFd fd, base::open_file(path, O_WRONLY));
  return base::write_all(fd.get(), contents, path);
}

}  // namespace

base::Result<SopsFile> sops_file_at(const command::Arguments& arguments, const std::string& path,
                                    Existence existence) {
  SopsFile file;
  file.path = path.empty() ? path : sops::absolute_path(path);
  if (existence == Existence::required && !path.empty() && !base::path_exists(path)) {
    return failed(Failure::no_file, concat(path, ": there is no such file"));
  }
  const auto override_name = arguments.value("--filename-override");
  file.name = override_name ? sops::absolute_path(*override_name) : file.path;
  VMCRED_TRY_ASSIGN(const auto input, type_option(arguments, "--input-type"));
  VMCRED_TRY_ASSIGN(const auto output, type_option(arguments, "--output-type"));
  if (input) {
    file.input_format = *input;
  } else {
    VMCRED_TRY_ASSIGN(file.input_format, sops::format_of_path(file.name));
  }
  file.output_format = output.value_or(file.input_format);
  return file;
}

base::Result<SopsFile> sops_file(const command::Arguments& arguments, StandardInput standard_input,
                                 Existence existence) {
  if (arguments.has("--in-place") && arguments.has("--output")) {
    return failed(Failure::conflicting_options, "--in-place and --output contradict each other");
  }
  const std::string path = arguments.operand_at(0).value_or("");
  if (path.empty() && standard_input == StandardInput::refused) {
    return failed(Failure::no_file, "which file? The name is missing");
  }
  if (path.empty() && arguments.has("--in-place")) {
    return failed(Failure::conflicting_options, "--in-place needs a file: standard input has no place");
  }
  return sops_file_at(arguments, path, existence);
}

base::Result<secret::SecretBuffer> read_contents(const std::string& path) {
  auto fd = base::open_file(path, O_RDONLY);
  if (!fd) return with_failure(Failure::unreadable, std::move(fd).error());
  auto contents = read_fd(fd->get(), path);
  if (!contents) return with_failure(Failure::unreadable, std::move(contents).error());
  return contents;
}

base::Result<secret::SecretBuffer> read_contents(const SopsFile& file) {
  if (!file.path.empty()) return read_contents(file.path);
  auto contents = read_fd(STDIN_FILENO, "standard input");
  if (!contents) return with_failure(Failure::unreadable, std::move(contents).error());
  return contents;
}

base::Result<void> replace_file(const std::string& path, crypto::Bytes contents, Secrecy secrecy) {
  auto done = is_special(path) ? write_special(path, contents)
                               : replace_regular_file(resolved(sops::absolute_path(path)), contents, secrecy);
  if (!done) return with_failure(Failure::unwritable, std::move(done).error());
  return {};
}

base::Result<void> write_result(const command::Arguments& arguments, const command::Streams& streams,
                                const SopsFile& file, crypto::Bytes contents, Secrecy secrecy) {
  if (arguments.has("--in-place")) return replace_file(file.path, contents, secrecy);
  if (const auto output = arguments.value("--output")) return replace_file(*output, contents, secrecy);
  auto done = base::write_all(streams.out, contents, "standard output");
  if (!done) return with_failure(Failure::unwritable, std::move(done).error());
  return {};
}

}  // namespace vmcred::cli
