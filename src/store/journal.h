// SPDX-License-Identifier: Apache-2.0
// The record that makes a transaction durable: what was staged is to be put in place, what is to be removed,
// and what git is to be told. Its form is in docs/formats/journal.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::store {

// What becomes of the paths in git.
enum class GitStep { none, commit, intent_to_add };

struct Journal {
  GitStep git = GitStep::none;
  std::string message;               // of the commit; without control characters
  std::vector<std::string> written;  // each passes check_path()
  std::vector<std::string> removed;

  bool operator==(const Journal&) const = default;
};

std::string text_of(const Journal& journal);

// Refuses all that text_of() does not write.
base::Result<Journal> parse_journal(std::string_view text);

}  // namespace vmcred::store
