// SPDX-License-Identifier: Apache-2.0
#include "age/bech32.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <optional>

namespace vmcred::age {
namespace {

constexpr std::string_view k_bech32_letters = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
constexpr std::size_t k_checksum_letters = 6;
constexpr unsigned k_letter_bits = 5;
constexpr unsigned k_byte_bits = 8;

bool is_upper(char letter) { return letter >= 'A' && letter <= 'Z'; }
bool is_lower(char letter) { return letter >= 'a' && letter <= 'z'; }
char to_lower(char letter) { return is_upper(letter) ? static_cast<char>(letter - 'A' + 'a') : letter; }
char to_upper(char letter) { return is_lower(letter) ? static_cast<char>(letter - 'a' + 'A') : letter; }

// The checksum over five-bit values, fed one by one.
class Checksum {
 public:
  // The prefix counts by the high bits of its characters, a zero, and their low bits.
  explicit Checksum(std::string_view prefix) {
    for (const char letter : prefix) feed(static_cast<unsigned char>(to_lower(letter)) >> k_letter_bits);
    feed(0);
    for (const char letter : prefix) feed(static_cast<unsigned char>(to_lower(letter)) & 31U);
  }

  void feed(std::uint32_t value) {
    constexpr std::array<std::uint32_t, 5> k_generator{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd,
                                                       0x2a1462b3};
    const std::uint32_t top = m_state >> 25U;
    m_state = (m_state & 0x1ffffffU) << k_letter_bits ^ value;
    for (std::size_t i = 0; i < k_generator.size(); ++i)
      if ((top >> i & 1U) != 0) m_state ^= k_generator[i];
  }

  // True where the values fed last were the right checksum.
  bool right() const { return m_state == 1; }

  // The six letters that belong after all that was fed.
  std::array<std::uint32_t, k_checksum_letters> letters() const {
    Checksum ended = *this;
    for (std::size_t i = 0; i < k_checksum_letters; ++i) ended.feed(0);
    std::array<std::uint32_t, k_checksum_letters> values{};
    for (std::size_t i = 0; i < k_checksum_letters; ++i)
      values[i] = (ended.m_state ^ 1U) >> k_letter_bits * (k_checksum_letters - 1 - i) & 31U;
    return values;
  }

 private:
  std::uint32_t m_state = 1;
};

base::Error malformed_bech32(std::string_view reason) {
  return {.kind = base::ErrorKind::config, .what = std::string(reason)};
}

bool in_one_case(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_upper) || std::none_of(text.begin(), text.end(), is_lower);
}

bool well_formed_prefix(std::string_view prefix) {
  return !prefix.empty() &&
         std::all_of(prefix.begin(), prefix.end(), [](char letter) { return letter > ' ' && letter <= '~'; });
}

std::optional<std::uint32_t> bech32_value(char letter) {
  const auto place = k_bech32_letters.find(to_lower(letter));
  if (place == std::string_view::npos) return std::nullopt;
  return static_cast<std::uint32_t>(place);
}

// Feeds all letters, the checksum's included. False where one is foreign or the checksum is wrong.
bool letters_are_right(std::string_view prefix, std::string_view letters) {
  Checksum checksum(prefix);
  for (const char letter : letters) {
    const auto value = bech32_value(letter);
    if (!value) return false;
    checksum.feed(*value);
  }
  return checksum.right();
}

// The bytes of known letters. False where bits are left over that can't be padding.
bool unpack(std::string_view letters, crypto::WritableBytes bytes) {
  std::uint32_t pending = 0;
  unsigned bits = 0;
  std::size_t size = 0;
  for (const char letter : letters) {
    pending = (pending << k_letter_bits | *bech32_value(letter)) & 0xfffU;
    bits += k_letter_bits;
    if (bits < k_byte_bits) continue;
    bits -= k_byte_bits;
    bytes[size++] = static_cast<std::byte>(pending >> bits & 0xffU);
  }
  return bits < k_letter_bits && (pending & ((1U << bits) - 1)) == 0;
}

std::size_t encoded_size(std::string_view prefix, crypto::Bytes data) {
  return prefix.size() + 1 + (data.size() * k_byte_bits + k_letter_bits - 1) / k_letter_bits +
         k_checksum_letters;
}

template <typename Character>
void encode_into(std::string_view prefix, crypto::Bytes data, std::span<Character> text) {
  const bool upper = std::any_of(prefix.begin(), prefix.end(), is_upper);
  Checksum checksum(prefix);
  std::size_t size = 0;
  const auto put = [&](char letter) { text[size++] = static_cast<Character>(letter); };
  const auto put_value = [&](std::uint32_t value) {
    put(upper ? to_upper(k_bech32_letters[value]) : k_bech32_letters[value]);
  };
  std::for_each(prefix.begin(), prefix.end(), put);
  put('1');
  std::uint32_t pending = 0;
  unsigned bits = 0;
  const auto put_data = [&](std::uint32_t value) {
    checksum.feed(value);
    put_value(value);
  };
  for (const std::byte byte : data) {
    pending = (pending << k_byte_bits | std::to_integer<std::uint32_t>(byte)) & 0xfffU;
    for (bits += k_byte_bits; bits >= k_letter_bits; bits -= k_letter_bits)
      put_data(pending >> (bits - k_letter_bits) & 31U);
  }
  if (bits > 0) put_data(pending << (k_letter_bits - bits) & 31U);
  for (const std::uint32_t value : checksum.letters()) put_value(value);
  assert(size == text.size());
}

}  // namespace

base::Result<Bech32> decode_bech32(crypto::Bytes bytes) {
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto separator = text.rfind('1');
  if (separator == std::string_view::npos || text.size() - separator - 1 < k_checksum_letters)
    return malformed_bech32("a key has a prefix, a '1' and at least 6 letters");
  const std::string_view prefix = text.substr(0, separator);
  const std::string_view letters = text.substr(separator + 1);
  if (!well_formed_prefix(prefix) || !in_one_case(text))
    return malformed_bech32("a key is written all in lower or all in upper case, without spaces");
  if (!letters_are_right(prefix, letters))
    return malformed_bech32("the key's checksum is wrong: it was mistyped or cut off");
  const std::string_view payload = letters.substr(0, letters.size() - k_checksum_letters);
  VMCRED_TRY_ASSIGN(auto data, secret::SecretBuffer::zeroed(payload.size() * k_letter_bits / k_byte_bits));
  if (!unpack(payload, data.writable_bytes()))
    return malformed_bech32("the key does not end at a whole byte");
  return Bech32{.prefix = std::string(prefix), .data = std::move(data)};
}

std::string encode_bech32(std::string_view prefix, crypto::Bytes data) {
  std::string text(encoded_size(prefix, data), '\0');
  encode_into(prefix, data, std::span(text));
  return text;
}

base::Result<secret::SecretBuffer> encode_secret_bech32(std::string_view prefix, crypto::Bytes data) {
  VMCRED_TRY_ASSIGN(auto text, secret::SecretBuffer::zeroed(encoded_size(prefix, data)));
  encode_into(prefix, data, text.writable_bytes());
  return text;
}

}  // namespace vmcred::age
