// SPDX-License-Identifier: Apache-2.0
#include "store/member_keys.h"

#include <set>

#include "age/recipient.h"

namespace vmcred::store {
base::Result<std::vector<PublicKey>> parse_member_keys(const std::vector<std::string>& keys) {
  if (keys.empty()) return base::Error{.kind = base::ErrorKind::usage, .what = "no public key was given"};
  std::vector<PublicKey> parsed;
  for (const auto& key : keys) {
    if (age::looks_secret(key))
      return base::Error{
          .kind = base::ErrorKind::refused,
          .what = "that is an identity, which is private, and not a recipient",
          .hint = "give the public key (age1…); 'vmcred age keygen -y' shows that of an identity file"};
    VMCRED_TRY(age::parse_recipient(key));
    parsed.push_back({.type = PublicKey::Type::age, .text = key});
  }
  return parsed;
}

bool same_key(std::string_view a, std::string_view b) { return without_comment(a) == without_comment(b); }

bool same_keys(const std::vector<PublicKey>& a, const std::vector<PublicKey>& b) {
  const auto texts = [](const auto& keys) {
    std::set<std::string> found;
    for (const auto& key : keys) found.insert(without_comment(key.text));
    return found;
  };
  return texts(a) == texts(b);
}

}  // namespace vmcred::store
