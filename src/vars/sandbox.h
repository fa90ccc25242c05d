// SPDX-License-Identifier: Apache-2.0
// Runs a generator's script by bubblewrap: no network, no environment, a /proc of its own, nothing of the
// host but its programs, inputs read-only, everything that it writes in memory. docs/generators.md tells
// script writers what they find there.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::vars {

inline constexpr std::size_t k_max_var_bytes = std::size_t{1024} * 1024;
inline constexpr std::chrono::minutes k_script_time_limit{10};

struct NamedBytes {
  std::string name;
  std::span<const std::byte> bytes;
};

struct NamedSecret {
  std::string name;
  secret::SecretBuffer value;
};

struct ScriptInput {
  std::string generator;
  std::vector<NamedBytes> files;
};

struct ScriptJob {
  std::string_view script = {};
  std::span<const std::string> runtime_inputs = {};
  std::vector<ScriptInput> inputs = {};        // "$in/GENERATOR/FILE"
  std::vector<NamedBytes> prompts = {};        // "$prompts/NAME"
  std::vector<NamedBytes> made = {};           // files that are in "$out" from the start
  std::vector<std::string> expected = {};      // files that must be there in the end
  std::vector<std::string> may_be_empty = {};  // of these
  std::chrono::milliseconds time_limit = k_script_time_limit;
};

struct ScriptResult {
  std::vector<NamedSecret> files;  // one for each that was expected, in that order
  std::vector<std::string> extra;  // what else it left in "$out"
};

// Forks, as Workspace does. Each line that the script prints goes to `line`. Fails where the sandbox is not
// available (host), and where the script fails or leaves a file that is missing, empty, larger than
// k_max_var_bytes or not a regular file (credential).
base::Result<ScriptResult> run_script(const ScriptJob& job,
                                      const std::function<void(std::string_view)>& line);

}  // namespace vmcred::vars
