// SPDX-License-Identifier: Apache-2.0
// Remembers which ENC[…] text a value at a path had, so that it gets the same again when it comes back
// unchanged from an editor: diffs stay small. Values are kept as codes under a random key of their own.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/digest.h"
#include "secret/buffer.h"
#include "sops/rules.h"
#include "sops/walk.h"

namespace vmcred::sops {

class Ciphertexts {
 public:
  // Of all decrypted leaves.
  static base::Result<Ciphertexts> of(const std::vector<Map>& trees, const RuleMatcher& rule);

  // Puts leaves of the same path, type and value into the decrypted state. Items of a list share their path:
  // equal ones get their texts in order.
  base::Result<void> give_to(std::vector<Map>& trees, const RuleMatcher& rule);

 private:
  crypto::Sha256Digest code_of(const Leaf& leaf, const Place& place) const;

  secret::SecretBuffer m_key;
  std::map<crypto::Sha256Digest, std::deque<std::string>> m_texts;
};

}  // namespace vmcred::sops
