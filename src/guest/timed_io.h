// SPDX-License-Identifier: Apache-2.0
// Reading and writing that ends in time, for sockets and virtio-serial ports that don't block.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "base/result.h"
#include "guest/deadline.h"

namespace vmcred::guest {

base::Result<void> make_non_blocking(int fd);

// Writes all bytes. Fails with a `host` error where the other side is gone or the time is over.
base::Result<void> send_all(int fd, std::span<const std::byte> bytes, Deadline deadline);

// Waits for bytes and reads what is there, at least one. Fails like send_all().
base::Result<std::size_t> receive_some(int fd, std::span<std::byte> buffer, Deadline deadline);

// Reads until the buffer is full.
base::Result<void> receive_all(int fd, std::span<std::byte> buffer, Deadline deadline);

// Gives the host a little time to read and close. A socket that is closed before might take the last words
// with it; a port keeps them.
void wait_until_heard(int fd);

}  // namespace vmcred::guest
