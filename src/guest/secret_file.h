// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "secret/buffer.h"

namespace vmcred::guest {

// Reads to the end of the file into locked memory, whatever size the file system says: files of sysfs say 0
// and give a page at a time. `subject` names the file in errors. A `credential` error if there are more than
// `max_bytes`.
base::Result<secret::SecretBuffer> read_secret(const base::UniqueFd& fd, std::size_t max_bytes,
                                               std::string_view subject);

}  // namespace vmcred::guest
