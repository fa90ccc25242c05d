// SPDX-License-Identifier: Apache-2.0
#include "age/stanza.h"

#include <algorithm>

namespace vmcred::age {

std::optional<std::vector<std::string>> stanza_words(std::string_view line) {
  std::vector<std::string> words;
  for (;;) {
    const std::string_view word = line.substr(0, line.find(' '));
    const bool printable = std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (word.empty() || !printable) return std::nullopt;
    words.emplace_back(word);
    if (word.size() == line.size()) return words;
    line.remove_prefix(word.size() + 1);
  }
}

}  // namespace vmcred::age
