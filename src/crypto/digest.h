// SPDX-License-Identifier: Apache-2.0
// SHA-2 (FIPS 180-4).
#pragma once

#include <array>
#include <initializer_list>
#include <memory>

#include "crypto/bytes.h"

namespace vmcred::crypto {

using Sha256Digest = std::array<std::byte, 32>;
using Sha512Digest = std::array<std::byte, 64>;

// The digest of the parts, one after the other.
Sha256Digest sha256(std::initializer_list<Bytes> parts);

// A running SHA-512. Wiped when it goes. One thread at a time.
class Sha512 {
 public:
  Sha512();
  Sha512(Sha512&&) noexcept;
  Sha512& operator=(Sha512&&) noexcept;
  Sha512(const Sha512&) = delete;
  Sha512& operator=(const Sha512&) = delete;
  ~Sha512();

  void update(Bytes bytes);

  // May be called once.
  Sha512Digest finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace vmcred::crypto
