// SPDX-License-Identifier: Apache-2.0
// Files that hold no secret: configs, kernel tables, remembered facts. Secrets go through secret/buffer.h.
#pragma once

#include <sys/types.h>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::base {

// Opens with O_CLOEXEC added. On failure an io error naming the path.
Result<UniqueFd> open_file(const std::string& path, int flags, mode_t mode = 0);

// Opens one component below a directory, with O_CLOEXEC | O_NOFOLLOW added. `name` must hold no slash.
Result<UniqueFd> open_beneath(int directory_fd, const std::string& name, int flags, mode_t mode = 0);

// Reads until the buffer is full or the file ends, through short reads and EINTR. Returns the bytes read.
// `subject` names the file in errors.
Result<std::size_t> read_up_to(int fd, std::span<std::byte> buffer, std::string_view subject);

// Writes all bytes, through short writes and EINTR.
Result<void> write_all(int fd, std::span<const std::byte> bytes, std::string_view subject);

// The whole content as text, at most `max_bytes`; more is an error.
Result<std::string> read_text_file(const std::string& path, std::size_t max_bytes);

// Replaces `path` in one step: readers and crashes see the old file or the new one, never a part. The new
// file gets `mode` whatever the umask says, and reaches the disk before it gets its name.
Result<void> write_text_file_atomically(const std::string& path, std::string_view text, mode_t mode);

// Does something of this name exist? A failure other than absence counts as existing: the use will report it.
bool path_exists(const std::string& path);

}  // namespace vmcred::base
