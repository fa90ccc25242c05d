// SPDX-License-Identifier: Apache-2.0
// A VM's table of the config as it is written: to tell whether it is still the same, and to keep it.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "config/document.h"

namespace vmcred::config {

// As canonical JSON, so that the order of keys and the format of the file do not count; "" for what no VM
// that is well can have.
std::string entry_text(const Node& table);

// The tree of such a text. Fails with a config error that names `subject`.
base::Result<Node> parse_entry(std::string_view text, std::string_view subject);

struct Entry {
  std::string in_file;  // what stands in the config
  std::string in_use;   // the same, or what its pin has in its place
};

// Fails as load() where the file can't be read, and with a config error where it has no such VM.
base::Result<Entry> read_entry(const std::string& config_path, std::string_view vm);

}  // namespace vmcred::config
