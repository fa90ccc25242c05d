// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::secret {

// Reads an open regular file whole, straight into locked memory. Fails with a `credential` error when it is
// larger than `max_bytes` or when it changes size while it is read: half an old value and half a new one is
// no secret. Only a value that is replaced by renaming a new file over it is whole at every moment. `subject`
// names the file in errors.
base::Result<SecretBuffer> read_secret_file(int fd, std::size_t max_bytes, std::string_view subject);

}  // namespace vmcred::secret
