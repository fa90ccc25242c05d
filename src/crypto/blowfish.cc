// SPDX-License-Identifier: Apache-2.0
#include "crypto/blowfish.h"

#include <cassert>
#include <utility>

#include "crypto/pi.h"

namespace vmcred::crypto {
namespace {

// The words of some bytes, big-endian, over and over.
class WordCycle {
 public:
  explicit WordCycle(Bytes bytes) : m_bytes(bytes) { assert(!bytes.empty()); }

  std::uint32_t next() {
    std::uint32_t word = 0;
    for (int i = 0; i < 4; ++i) {
      word = word << 8U | std::to_integer<std::uint32_t>(m_bytes[m_position]);
      m_position = m_position + 1 == m_bytes.size() ? 0 : m_position + 1;
    }
    return word;
  }

 private:
  Bytes m_bytes;
  std::size_t m_position = 0;
};

// Replaces all words of the state by the encryption, again and again, of what `salt` gives.
void replace_words(Blowfish& state, auto salt) {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  const auto replace_all = [&](std::span<std::uint32_t> words) {
    for (std::size_t i = 0; i < words.size(); i += 2) {
      left ^= salt();
      right ^= salt();
      state.encrypt(left, right);
      words[i] = left;
      words[i + 1] = right;
    }
  };
  replace_all(state.subkeys);
  for (auto& box : state.boxes) replace_all(box);
}

void mix_in(Blowfish& state, Bytes key) {
  WordCycle words(key);
  for (auto& subkey : state.subkeys) subkey ^= words.next();
}

Blowfish state_of_pi() {
  constexpr std::size_t k_words = Blowfish::k_subkeys + 4 * Blowfish::k_box_words;
  const auto words = fraction_of_pi(k_words);
  Blowfish state;
  auto next = words.begin();
  for (auto& subkey : state.subkeys) subkey = *next++;
  for (auto& box : state.boxes)
    for (auto& word : box) word = *next++;
  return state;
}

}  // namespace

const Blowfish& Blowfish::initial() {
  static const Blowfish state = state_of_pi();
  return state;
}

void Blowfish::expand(Bytes key, Bytes salt) {
  mix_in(*this, key);
  replace_words(*this, [words = WordCycle(salt)]() mutable { return words.next(); });
}

void Blowfish::expand(Bytes key) {
  mix_in(*this, key);
  replace_words(*this, [] { return 0U; });
}

void Blowfish::encrypt(std::uint32_t& left, std::uint32_t& right) const {
  const auto mixed = [&](std::uint32_t x) {
    return ((boxes[0][x >> 24U] + boxes[1][x >> 16U & 255U]) ^ boxes[2][x >> 8U & 255U]) + boxes[3][x & 255U];
  };
  std::uint32_t a = left ^ subkeys[0];
  std::uint32_t b = right;
  for (std::size_t round = 1; round <= 16; round += 2) {
    b ^= mixed(a) ^ subkeys[round];
    a ^= mixed(b) ^ subkeys[round + 1];
  }
  left = b ^ subkeys[17];
  right = a;
}

}  // namespace vmcred::crypto
