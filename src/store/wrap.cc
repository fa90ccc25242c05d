// SPDX-License-Identifier: Apache-2.0
#include "store/wrap.h"

#include <algorithm>

#include "base/text.h"
#include "sops/binary.h"

namespace vmcred::store {
namespace {

using Type = PublicKey::Type;

Keys of_age(const Keys& keys) {
  Keys found;
  std::ranges::copy_if(keys, std::inserter(found, found.end()),
                       [](const auto& key) { return key.type == Type::age; });
  return found;
}

// Those that are to be encrypted to: all but the keys of other types that the file has anyway.
Keys to_encrypt_to(const Keys& wanted, const Keys& actual) {
  Keys found;
  std::ranges::copy_if(wanted, std::inserter(found, found.end()),
                       [&](const auto& key) { return key.type == Type::age || !actual.contains(key); });
  return found;
}

base::Result<age::Recipients> recipients_of(const Keys& keys, const Members& members) {
  age::Recipients recipients;
  for (const auto& key : keys) {
    const std::string owner = members.owner_of(key);
    if (key.type != Type::age)
      return base::Error{.kind = base::ErrorKind::not_yet,
                         .what = base::concat("the key ", base::quoted(key.text), " of ", owner,
                                              " is a PGP key, to which vmcred can't encrypt"),
                         .hint = "give them an age key instead: 'vmcred vars users add NAME KEY --force'"};
    auto recipient = age::parse_recipient(key.text);
    if (!recipient) return base::in(owner, std::move(recipient));
    recipients.push_back(*std::move(recipient));
  }
  return recipients;
}

}  // namespace

base::Result<std::string> wrapped(crypto::Bytes plaintext, const Keys& keys, const Members& members) {
  VMCRED_TRY_ASSIGN(const age::Recipients recipients, recipients_of(keys, members));
  return sops::encrypt_binary(plaintext, recipients);
}

base::Result<Keys> actual_keys(std::string_view file) {
  VMCRED_TRY_ASSIGN(const auto keys, sops::keys_of(file));
  Keys found;
  for (const auto& key : keys) found.insert({.type = key.type, .text = without_comment(key.text)});
  return found;
}

base::Result<std::optional<std::string>> rewrapped(std::string_view file, const Keys& keys,
                                                   const Members& members, age::IdentityList identities,
                                                   DataKey data_key) {
  VMCRED_TRY_ASSIGN(const Keys actual, actual_keys(file));
  const Keys target = to_encrypt_to(keys, actual);
  if (target == of_age(actual)) return std::optional<std::string>();
  VMCRED_TRY_ASSIGN(const age::Recipients recipients, recipients_of(target, members));
  const bool someone_leaves = !std::ranges::includes(target, of_age(actual));
  const auto wrap = someone_leaves && data_key == DataKey::renew_on_removal ? sops::with_new_data_key
                                                                            : sops::with_recipients;
  VMCRED_TRY_ASSIGN(std::string text, wrap(file, recipients, identities));
  return std::optional(std::move(text));
}

}  // namespace vmcred::store
