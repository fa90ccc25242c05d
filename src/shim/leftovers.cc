// SPDX-License-Identifier: Apache-2.0
#include "shim/leftovers.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::shim {
namespace {

// systemd takes '-' and '_' in a parameter's key for the same letter.
std::string with_underscores(std::string text) {
  std::ranges::replace(text, '-', '_');
  return text;
}

bool holds_credential(const std::string& word) {
  const auto has = [&word](std::string_view text) { return word.find(text) != std::string::npos; };
  const bool is_item = has("io.systemd.credentials/") && has("string=");
  return has("io.systemd.credential:") || has("io.systemd.credential.binary:") || is_item ||
         with_underscores(word).find("systemd.set_credential") != std::string::npos;
}

}  // namespace

base::Result<void> check_nothing_is_left_in(const std::string& text, std::string_view subject) {
  if (!holds_credential(text)) return {};
  return base::Error{.kind = base::ErrorKind::refused,
                     .what = base::concat(subject, " holds a credential where every user could see it"),
                     .hint = "take it out of there; LoadCredential= is the place for it"};
}

base::Result<void> check_nothing_is_left(std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size(); ++i)
    VMCRED_TRY(check_nothing_is_left_in(words[i], base::concat("argument ", i + 1, " of the command line")));
  return {};
}

}  // namespace vmcred::shim
