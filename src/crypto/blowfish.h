// SPDX-License-Identifier: Apache-2.0
// Blowfish (Schneier, 1993) with the key schedule of bcrypt. For bcrypt_pbkdf alone: as a cipher it is
// outdated.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "crypto/bytes.h"

namespace vmcred::crypto {

// Trivial, so that it may live in locked memory.
struct Blowfish {
  static constexpr std::size_t k_subkeys = 18;
  static constexpr std::size_t k_box_words = 256;

  std::array<std::uint32_t, k_subkeys> subkeys;
  std::array<std::array<std::uint32_t, k_box_words>, 4> boxes;

  // The state that every key starts from: the first 1,042 words of the fraction of pi. Computed on first use,
  // which takes some tens of milliseconds. Thread-safe.
  static const Blowfish& initial();

  // bcrypt's expensive key schedule, with a salt or with zeros in its place. `key` and `salt` must not be
  // empty.
  void expand(Bytes key, Bytes salt);
  void expand(Bytes key);

  // One block of 64 bits in place.
  void encrypt(std::uint32_t& left, std::uint32_t& right) const;
};

}  // namespace vmcred::crypto
