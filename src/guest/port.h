// SPDX-License-Identifier: Apache-2.0
// The virtio-serial port over which the host hears from this guest.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::guest {

inline constexpr std::string_view k_report_port = "vmcred.report";

// Where the kernel shows ports and their devices; tests have their own.
struct PortPlaces {
  std::string names = "/sys/class/virtio-ports";  // <device>/name holds the port's name
  std::string devices = "/dev";
};

// Writes all of `text` to the port of this name. Waits, `timeout` in all, until the port and its device are
// there, the host has opened its end and takes the bytes. Fails with a `host` error and a hint when the time
// is over.
base::Result<void> write_to_port(const PortPlaces& places, std::string_view port, std::string_view text,
                                 std::chrono::milliseconds timeout);

}  // namespace vmcred::guest
