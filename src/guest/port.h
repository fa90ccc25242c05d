// SPDX-License-Identifier: Apache-2.0
// The virtio-serial ports over which the host hears from this guest, and this guest from the host.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "guest/deadline.h"

namespace vmcred::guest {

inline constexpr std::string_view k_report_port = "vmcred.report";

// Where the kernel shows ports and their devices; tests have their own.
struct PortPlaces {
  std::string names = "/sys/class/virtio-ports";  // <device>/name holds the port's name
  std::string devices = "/dev";
};

// Opens the port of this name, not to block; `access` is O_WRONLY or O_RDWR. Waits until the port and its
// device are there and nobody else of this guest has it open. Fails with a `host` error when the time is
// over.
base::Result<base::UniqueFd> open_port(const PortPlaces& places, std::string_view port, int access,
                                       Deadline deadline);

// For `report`: writes all of `text` to the port of this name. Waits, `timeout` in all, until the port and
// its device are there, the host has opened its end and takes the bytes. Fails with a `host` error and a hint
// when the time is over.
base::Result<void> write_to_port(const PortPlaces& places, std::string_view port, std::string_view text,
                                 std::chrono::milliseconds timeout);

}  // namespace vmcred::guest
