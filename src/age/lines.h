// SPDX-License-Identifier: Apache-2.0
// The line rules that identity files and recipients files share.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"

namespace vmcred::age {

// Hands every line that is neither empty nor a '#' comment to `take(line, number)`, numbers from 1, until
// that fails. A carriage return at the end of a line is dropped; no other white space is.
template <typename Take>
base::Result<void> for_each_key_line(std::string_view text, Take take) {
  std::size_t number = 0;
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && !line.starts_with('#')) VMCRED_TRY(take(line, number));
  }
  return {};
}

}  // namespace vmcred::age
