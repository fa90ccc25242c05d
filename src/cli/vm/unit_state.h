// SPDX-License-Identifier: Apache-2.0
// What systemd says of VMs' units, by systemctl.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::cli {

struct UnitState {
  std::string load;    // "loaded", "not-found", …
  std::string active;  // "active", "failed", …
  std::string sub;
  std::string status;      // the guest's or the runner's own words
  std::string result;      // "success", or why it failed
  std::string invocation;  // systemd's ID of this run
  std::string since;       // when it became active; "" where it is not
  std::uint64_t restarts = 0;
  std::optional<std::uint64_t> process;
  std::optional<std::uint64_t> main_started_us;  // by the monotonic clock; nothing where it never ran
  std::optional<std::uint64_t> memory_bytes;     // of the whole unit: the VMM and the guest's touched pages
  std::optional<std::uint64_t> cpu_nanoseconds;
  bool needs_reload = false;  // its file has changed since systemd read it
};

// From the lines that `systemctl show` prints. Properties that are absent or unknown keep their defaults.
UnitState parse_unit_state(std::string_view text);

// A `host` error where there is no systemd.
base::Result<UnitState> unit_state(const std::string& unit);

// The VMs whose units systemd knows, in the config or not.
base::Result<std::vector<std::string>> vms_with_units();

// Has systemctl do it ("start", "restart"), and waits. Its own words are on standard error.
base::Result<void> control_unit(std::string_view verb, const std::string& unit);

}  // namespace vmcred::cli
