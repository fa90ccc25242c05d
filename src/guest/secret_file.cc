// SPDX-License-Identifier: Apache-2.0
#include "guest/secret_file.h"

#include <sys/stat.h>
#include <algorithm>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::guest {
namespace {

using secret::SecretBuffer;

constexpr std::size_t k_smallest_read = 4096;

// One byte more than expected, so that a full buffer means that there is more.
std::size_t first_size(const base::UniqueFd& fd, std::size_t max_bytes) {
  struct stat status{};
  const bool known = ::fstat(fd.get(), &status) == 0 && status.st_size > 0;
  const std::size_t expected = known ? static_cast<std::size_t>(status.st_size) : k_smallest_read;
  return std::min(std::max(expected, k_smallest_read), max_bytes) + 1;
}

}  // namespace

base::Result<SecretBuffer> read_secret(const base::UniqueFd& fd, std::size_t max_bytes,
                                       std::string_view subject) {
  VMCRED_TRY_ASSIGN(SecretBuffer buffer, SecretBuffer::zeroed(first_size(fd, max_bytes)));
  std::size_t used = 0;
  for (;;) {
    VMCRED_TRY_ASSIGN(const std::size_t n,
                      base::read_up_to(fd.get(), buffer.writable_bytes().subspan(used), subject));
    used += n;
    if (used < buffer.size()) break;
    if (used > max_bytes)
      return base::Error{.kind = base::ErrorKind::credential,
                         .what = base::concat(subject, ": larger than ", base::byte_count(max_bytes))};
    VMCRED_TRY_ASSIGN(SecretBuffer larger, SecretBuffer::zeroed(std::min(2 * buffer.size(), max_bytes + 1)));
    std::ranges::copy(buffer.bytes(), larger.writable_bytes().begin());
    buffer = std::move(larger);
  }
  buffer.truncate(used);
  return buffer;
}

}  // namespace vmcred::guest
