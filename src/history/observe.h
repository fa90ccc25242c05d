// SPDX-License-Identifier: Apache-2.0
// A launch as it looks from the host: the one that a start would make now, and the one that a unit has made.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
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

// What a start would be made of now. Reads the secrets that are files of the host, as root, and decrypts
// nothing.
Launch launch_now(const config::Config& config, const config::VirtualMachine& vm, const DigestKey& key);

// What the VM's unit has been started with. `credentials` is the directory that systemd gave it, and
// `since_ns` when its main process began, in nanoseconds of the real-time clock: of what changed after that
// nobody knows which it got.
Launch launch_since(const config::Config& config, const config::VirtualMachine& vm, const DigestKey& key,
                    const std::string& credentials, std::int64_t since_ns);

}  // namespace vmcred::history
