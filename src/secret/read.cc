// SPDX-License-Identifier: Apache-2.0
#include "secret/read.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::secret {
namespace {

base::Error credential_error(std::string_view subject, std::string_view reason, std::string_view hint) {
  return {.kind = base::ErrorKind::credential,
          .what = base::concat(subject, ": ", reason),
          .hint = std::string(hint)};
}

bool same_state(const struct stat& a, const struct stat& b) {
  return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
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

  VMCRED_TRY_ASSIGN(SecretBuffer buffer, SecretBuffer::zeroed(size));
  VMCRED_TRY_ASSIGN(const std::size_t n, base::read_up_to(fd, buffer.writable_bytes(), subject));
  // A file that has grown, shrunk or been written over since shows it here.
  struct stat after{};
  if (::fstat(fd, &after) != 0) return base::errno_error(subject);
  if (n != size || !same_state(before, after))
    return credential_error(subject, "changed while it was read", "start the VM again when nothing writes it any more");
  return buffer;
}

}  // namespace vmcred::secret
