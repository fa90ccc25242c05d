// SPDX-License-Identifier: Apache-2.0
#include "sops/ciphertexts.h"

#include <array>
#include <utility>

#include "crypto/hmac.h"
#include "secret/random.h"

namespace vmcred::sops {

base::Result<Ciphertexts> Ciphertexts::of(const std::vector<Map>& trees, const RuleMatcher& rule) {
  Ciphertexts ciphertexts;
  VMCRED_TRY_ASSIGN(ciphertexts.m_key, secret::SecretBuffer::zeroed(32));
  VMCRED_TRY(secret::fill_random(ciphertexts.m_key.writable_bytes()));
  VMCRED_TRY(walk_leaves(trees, rule, [&](const Leaf& leaf, const Place& place) -> base::Result<void> {
    if (!leaf.ciphertext.empty())
      ciphertexts.m_texts[ciphertexts.code_of(leaf, place)].push_back(leaf.ciphertext);
    return {};
  }));
  return ciphertexts;
}

base::Result<void> Ciphertexts::give_to(std::vector<Map>& trees, const RuleMatcher& rule) {
  return walk_leaves(trees, rule, [&](Leaf& leaf, const Place& place) -> base::Result<void> {
    const auto found = m_texts.find(code_of(leaf, place));
    if (found == m_texts.end() || found->second.empty()) return {};
    leaf.ciphertext = std::move(found->second.front());
    found->second.pop_front();
    return {};
  });
}

crypto::Sha256Digest Ciphertexts::code_of(const Leaf& leaf, const Place& place) const {
  const std::array type = {static_cast<std::byte>(class_of(leaf.type))};
  const crypto::Sha256Digest path = crypto::sha256({bytes_of(place.associated_data)});
  return crypto::hmac_sha256(m_key.bytes(), {type, path, leaf.plaintext.bytes()});
}

}  // namespace vmcred::sops
