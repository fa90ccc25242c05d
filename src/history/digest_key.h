// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"
#include "history/secret_state.h"
#include "secret/buffer.h"

namespace vmcred::history {

// The random key of this boot, root's alone.
class DigestKey {
 public:
  // Reads it from `directory`, where it is made if it is not there. Fails with an io error for anyone but
  // root.
  static base::Result<DigestKey> open(const std::string& directory);

  DeliveredState state_of(std::span<const std::byte> value) const;

 private:
  DigestKey(std::string id, secret::SecretBuffer key) : m_id(std::move(id)), m_key(std::move(key)) {}

  std::string m_id;
  secret::SecretBuffer m_key;
};

}  // namespace vmcred::history
