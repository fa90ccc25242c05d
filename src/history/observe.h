// SPDX-License-Identifier: Apache-2.0
// A launch as it looks from the host: the one that a start would make now, and the one that a unit has made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "history/digest_key.h"
#include "history/record.h"

namespace vmcred::history {

// A secret that can't be looked at: its state is unknown.
struct Unseen {
  std::string name;
  std::string why;
};

struct Launch {
  Record record;
  std::vector<Unseen> unseen;
};

// What a start would be made of now, by the entry that `config` was read with (config::entry_text()). Reads
// the secrets that are files of the host, as root, and decrypts nothing.
Launch launch_now(const config::Config& config, const config::VirtualMachine& vm, const DigestKey& key,
                  const std::string& entry);

// When something happened, on the clock that files have; systemd tells it on the one that nobody sets.
std::int64_t in_real_time(std::uint64_t monotonic_us);

// One run of a VM's unit.
struct UnitRun {
  std::string invocation;      // systemd's ID of it
  std::string credentials;     // the directory that systemd gave it
  std::int64_t since_ns = 0;   // when its main process began, in nanoseconds of the real-time clock
  bool by_this_config = true;  // its unit was made from the config as it is now
};

// What a unit has been started with. Of what changed after the run began nobody knows which it got.
Launch launch_of(const UnitRun& run, const config::Config& config, const config::VirtualMachine& vm,
                 const DigestKey& key);

}  // namespace vmcred::history
