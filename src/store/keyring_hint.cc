// SPDX-License-Identifier: Apache-2.0
#include "store/keyring_hint.h"

#include "age/failure.h"
#include "base/text.h"
#include "sops/failure.h"

namespace vmcred::store {
namespace {

bool is_for_others(const base::Error& error) {
  return sops::failure_of(error) == sops::Failure::no_key || age::failure_of(error) == age::Failure::no_match;
}

// "; $SOPS_AGE_KEY_FILE: …", for all sources that could not be used.
std::string problems_of(const Keyring& keyring) {
  std::string text;
  for (const auto& problem : keyring.problems()) text += "; " + problem;
  return text;
}

}  // namespace

base::Error unreadable(base::Error error, std::string_view file, const Keyring& keyring) {
  const bool for_others = is_for_others(error);
  error = std::move(error).in(file);
  error.kind = base::ErrorKind::credential;
  if (!for_others) return error;
  error.hint =
      base::concat(keyring.identities().empty()
                       ? "there is no age identity: set $SOPS_AGE_KEY_FILE, or run 'vmcred vars keygen'"
                       : "it is for others: one of them gives you access by 'vmcred vars users add'",
                   problems_of(keyring));
  return error;
}

base::Error not_a_user(const Keyring& keyring) {
  return {.kind = base::ErrorKind::credential,
          .what = "none of your age identities belongs to a user of this repository",
          .hint = base::concat("'vmcred vars keygen' makes you one", problems_of(keyring))};
}

}  // namespace vmcred::store
