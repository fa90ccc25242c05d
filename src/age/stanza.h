// SPDX-License-Identifier: Apache-2.0
// One recipient's part of an age header: "-> type arguments…" and a body.
// Source: C2SP age specification, "Recipient stanza".
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace vmcred::age {

struct Stanza {
  std::string type;
  std::vector<std::string> arguments;  // at least one character of 0x21-0x7e each
  std::vector<std::byte> body;

  bool operator==(const Stanza&) const = default;
};

// The type and the arguments of a stanza's first line, behind its mark. Nothing where they are not words with
// single spaces between.
std::optional<std::vector<std::string>> stanza_words(std::string_view line);

}  // namespace vmcred::age
