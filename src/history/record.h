// SPDX-License-Identifier: Apache-2.0
// What one launch of a VM was made of: enough to tell whether another would be the same, and to bring it
// back. Never a value, nor anything that tells one. docs/formats/history.md has the form.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "history/secret_state.h"

namespace vmcred::history {

// A file that a launch reads and that is too large to keep.
struct BootFile {
  std::string path;
  std::uint64_t bytes = 0;
  std::int64_t modified_ns = 0;

  bool operator==(const BootFile&) const = default;
};

struct LaunchSecret {
  std::string name;
  SecretState state;
};

struct Record {
  std::string vm;
  std::string started;     // RFC 3339
  std::string program;     // the version of vmcred
  std::string invocation;  // systemd's ID of the unit's run; "" for none
  std::string entry;       // config::entry_text(); "": it changed while the VM started
  std::vector<BootFile> files;
  std::vector<LaunchSecret> secrets;  // in the order of the config
};

inline constexpr std::size_t k_max_record_bytes = std::size_t{4} * 1024 * 1024;

std::string text_of(const Record& record);

// Fails with an io error that names `subject` where it is no record.
base::Result<Record> parse_record(std::string_view text, std::string_view subject);

}  // namespace vmcred::history
