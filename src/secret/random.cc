// SPDX-License-Identifier: Apache-2.0
#include "secret/random.h"

#include <sys/random.h>
#include <cerrno>

namespace vmcred::secret {

base::Result<void> fill_random(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::getrandom(bytes.data(), bytes.size(), 0);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::errno_error("random bytes");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace vmcred::secret
