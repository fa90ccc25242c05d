// SPDX-License-Identifier: Apache-2.0
#include "sops/mac.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "sops/failure.h"
#include "sops/time.h"
#include "sops/walk.h"

namespace vmcred::sops {
namespace {

using base::Result;
using secret::SecretBuffer;

Result<SecretBuffer> hex_of(const crypto::Sha512Digest& digest) {
  // Not a table: which entries were read would show in the cache.
  const auto letter = [](unsigned value) {
    return static_cast<std::byte>(value + '0' + ((9U - value) >> 8U & 7U));
  };
  VMCRED_TRY_ASSIGN(auto text, SecretBuffer::zeroed(digest.size() * 2));
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const auto value = std::to_integer<unsigned>(digest[i]);
    text.writable_bytes()[2 * i] = letter(value >> 4U);
    text.writable_bytes()[2 * i + 1] = letter(value & 15U);
  }
  return text;
}

base::Error mismatch(std::string what) {
  return failed(
      Failure::mac_mismatch, std::move(what),
      "values were changed, removed or moved without the key; take the file from version control again");
}

// The time as the sops program reads it and writes it again, which is what it authenticates.
std::string associated_data_of(const Metadata& metadata) {
  return normal_time(metadata.last_modified).value_or(metadata.last_modified);
}

}  // namespace

Result<SecretBuffer> compute_mac(const std::vector<Map>& trees, const RuleMatcher& rule,
                                 bool only_encrypted) {
  crypto::Sha512 hash;
  // Another start, so that the two kinds of MAC are never the same.
  if (only_encrypted) hash.update(crypto::sha256({bytes_of("sops")}));
  VMCRED_TRY(walk_leaves(trees, rule, [&](const Leaf& leaf, const Place& place) -> Result<void> {
    if (leaf.type == Leaf::Type::comment || leaf.type == Leaf::Type::null) return {};
    if (place.encrypted || !only_encrypted) hash.update(leaf.plaintext.bytes());
    return {};
  }));
  return hex_of(hash.finish());
}

Result<std::string> encrypt_mac(const Document& document, const RuleMatcher& rule, ValueCipher& cipher) {
  VMCRED_TRY_ASSIGN(const auto mac, compute_mac(document.trees, rule, document.metadata.mac_only_encrypted));
  return cipher.encrypt(Leaf::Type::string, mac.bytes(), associated_data_of(document.metadata));
}

Result<void> check_mac(const Document& document, const RuleMatcher& rule, ValueCipher& cipher) {
  if (document.metadata.mac.empty()) return mismatch("the file has no MAC");
  const auto written = cipher.decrypt(document.metadata.mac, associated_data_of(document.metadata));
  if (!written) return mismatch("the MAC can't be decrypted");
  VMCRED_TRY_ASSIGN(const auto mac, compute_mac(document.trees, rule, document.metadata.mac_only_encrypted));
  if (!crypto::equal_in_constant_time(written->plaintext.bytes(), mac.bytes()))
    return mismatch("the MAC is not the one of the file's values");
  return {};
}

}  // namespace vmcred::sops
