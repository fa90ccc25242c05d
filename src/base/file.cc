// SPDX-License-Identifier: Apache-2.0
#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "base/text.h"

namespace vmcred::base {
namespace {

std::string directory_of(const std::string& path) {
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

}  // namespace

Result<UniqueFd> open_file(const std::string& path, int flags, mode_t mode) {
  UniqueFd fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
  if (!fd.valid()) return errno_error(path);
  return fd;
}

Result<UniqueFd> open_beneath(int directory_fd, const std::string& name, int flags, mode_t mode) {
  UniqueFd fd(::openat(directory_fd, name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!fd.valid()) return errno_error(name);
  return fd;
}

Result<std::size_t> read_up_to(int fd, std::span<std::byte> buffer, std::string_view subject) {
  std::size_t done = 0;
  while (done < buffer.size()) {
    const ssize_t n = ::read(fd, buffer.data() + done, buffer.size() - done);
    if (n == 0) break;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(subject);
    done += static_cast<std::size_t>(n);
  }
  return done;
}

Result<void> write_all(int fd, std::span<const std::byte> bytes, std::string_view subject) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return errno_error(subject);
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes) {
  VMCRED_TRY_ASSIGN(const UniqueFd fd, open_file(path, O_RDONLY));
  constexpr std::size_t k_first_read = 16 * 1024;
  std::string text(std::min(k_first_read, max_bytes + 1), '\0');
  std::size_t size = 0;
  for (;;) {
    VMCRED_TRY_ASSIGN(const std::size_t n,
                      read_up_to(fd.get(), std::as_writable_bytes(std::span(text)).subspan(size), path));
    size += n;
    if (size < text.size()) break;
    if (size > max_bytes)
      return Error{.kind = ErrorKind::io, .what = concat(path, ": larger than ", byte_count(max_bytes))};
    text.resize(std::min(text.size() * 4, max_bytes + 1));
  }
  text.resize(size);
  return text;
}

Result<void> write_text_file_atomically(const std::string& path, std::string_view text, mode_t mode) {
  std::string temporary = concat(path, ".XXXXXX");
  UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
  if (!fd.valid()) return errno_error(directory_of(path));
  const auto give_up = [&](Error error) {
    ::unlink(temporary.c_str());
    return error;
  };
  if (auto written = write_all(fd.get(), std::as_bytes(std::span(text)), path); !written)
    return give_up(std::move(written).error());
  if (::fchmod(fd.get(), mode) != 0 || ::fsync(fd.get()) != 0) return give_up(errno_error(path));
  if (::rename(temporary.c_str(), path.c_str()) != 0) return give_up(errno_error(path));
  VMCRED_TRY_ASSIGN(const UniqueFd directory, open_file(directory_of(path), O_RDONLY | O_DIRECTORY));
  if (::fsync(directory.get()) != 0 && errno != EINVAL) return errno_error(directory_of(path));
  return {};
}

bool path_exists(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 || (errno != ENOENT && errno != ENOTDIR);
}

}  // namespace vmcred::base
