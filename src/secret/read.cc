// SPDX-License-Identifier: Apache-2.0
#include "secret/read.h"

#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>
#include <span>

#include "base/text.h"

namespace vmcred::secret {
namespace {

base::Error credential_error(std::string_view subject, std::string_view reason, std::string_view hint) {
  return {.kind = base::ErrorKind::credential,
          .what = base::concat(subject, ": ", reason),
          .hint = std::string(hint)};
}

bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec &&
         a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// Reads to the end of a file that says it has `size` bytes, asking for one more, so that a single call also
// tells whether it has.
base::Result<std::size_t> read_expecting(int fd, std::size_t size, std::span<std::byte> buffer,
                                         std::string_view subject) {
  std::size_t done = 0;
  do {
    const ssize_t n = ::read(fd, buffer.data() + done, buffer.size() - done);
    if (n == 0) break;
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::errno_error(subject);
    done += static_cast<std::size_t>(n);
  } while (done < size);
  return done;
}

}  // namespace

base::Result<SecretBuffer> read_secret_file(int fd, std::size_t max_bytes, std::string_view subject) {
  struct stat before{};
  if (::fstat(fd, &before) != 0) return base::errno_error(subject);
  if (!S_ISREG(before.st_mode)) return credential_error(subject, "expected a regular file", "");
  const auto size = static_cast<std::size_t>(before.st_size);
  if (size > max_bytes)
    return credential_error(
        subject, base::concat("has ", base::byte_count(size), ", the limit is ", base::byte_count(max_bytes)),
        "hand over a key instead, and let the guest decrypt what is larger");

  VMCRED_TRY_ASSIGN(SecretBuffer buffer, SecretBuffer::zeroed(size + 1));
  VMCRED_TRY_ASSIGN(const std::size_t n, read_expecting(fd, size, buffer.writable_bytes(), subject));
  struct stat after{};
  if (::fstat(fd, &after) != 0) return base::errno_error(subject);
  if (n != size || !same_state(before, after))
    return credential_error(subject, "changed while it was read",
                            "try again when nothing writes it any more");
  buffer.truncate(size);
  return buffer;
}

}  // namespace vmcred::secret
