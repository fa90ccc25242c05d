// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::store {

// Words as a POSIX shell splits them: blanks between words, '…' and "…" and \ within. Nothing is expanded.
// Fails with a `config` error where a quote is not closed.
base::Result<std::vector<std::string>> split_words(std::string_view text);

}  // namespace vmcred::store
