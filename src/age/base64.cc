// SPDX-License-Identifier: Apache-2.0
#include "age/base64.h"

#include <array>
#include <cassert>
#include <cstdint>

namespace vmcred::age {
namespace {

constexpr std::string_view k_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t k_foreign = 0xff;
constexpr std::size_t k_group_bytes = 3;
constexpr std::size_t k_group_letters = 4;

constexpr std::array<std::uint8_t, 256> make_values() {
  std::array<std::uint8_t, 256> values{};
  values.fill(k_foreign);
  for (std::size_t i = 0; i < k_letters.size(); ++i)
    values[static_cast<unsigned char>(k_letters[i])] = static_cast<std::uint8_t>(i);
  return values;
}

constexpr std::array<std::uint8_t, 256> k_values = make_values();

std::uint32_t value_of(char letter) { return k_values[static_cast<unsigned char>(letter)]; }
char letter_of(std::uint32_t value) { return k_letters[value & 63U]; }

// The bytes of the two or three letters after the last whole group. False where they are malformed.
bool decode_rest(std::string_view text, std::vector<std::byte>& bytes) {
  if (text.empty()) return true;
  if (text.size() < 2) return false;
  std::uint32_t group = 0;
  for (std::size_t i = 0; i < k_group_letters - 1; ++i) {
    const std::uint32_t value = i < text.size() ? value_of(text[i]) : 0;
    if (value == k_foreign) return false;
    group = group << 6U | value;
  }
  bytes.push_back(static_cast<std::byte>(group >> 10U));
  if (text.size() == 2) return (group & 0x3ffU) == 0;
  bytes.push_back(static_cast<std::byte>(group >> 2U));
  return (group & 3U) == 0;
}

}  // namespace

void encode_base64_groups(crypto::Bytes bytes, std::span<char> text) {
  assert(bytes.size() % k_group_bytes == 0 && text.size() == bytes.size() / k_group_bytes * k_group_letters);
  const auto octet = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  for (std::size_t in = 0, out = 0; in < bytes.size(); in += k_group_bytes, out += k_group_letters) {
    const std::uint32_t group = octet(in) << 16U | octet(in + 1) << 8U | octet(in + 2);
    text[out] = letter_of(group >> 18U);
    text[out + 1] = letter_of(group >> 12U);
    text[out + 2] = letter_of(group >> 6U);
    text[out + 3] = letter_of(group);
  }
}

bool decode_base64_groups(std::string_view text, crypto::WritableBytes bytes) {
  assert(text.size() % k_group_letters == 0 && bytes.size() == text.size() / k_group_letters * k_group_bytes);
  std::uint32_t seen = 0;  // a foreign letter leaves its high bits here
  for (std::size_t in = 0, out = 0; in < text.size(); in += k_group_letters, out += k_group_bytes) {
    const std::uint32_t a = value_of(text[in]);
    const std::uint32_t b = value_of(text[in + 1]);
    const std::uint32_t c = value_of(text[in + 2]);
    const std::uint32_t d = value_of(text[in + 3]);
    seen |= a | b | c | d;
    const std::uint32_t group = a << 18U | b << 12U | c << 6U | d;
    bytes[out] = static_cast<std::byte>(group >> 16U);
    bytes[out + 1] = static_cast<std::byte>(group >> 8U);
    bytes[out + 2] = static_cast<std::byte>(group);
  }
  return seen < k_letters.size();
}

std::string encode_base64(crypto::Bytes bytes) {
  const std::size_t rest = bytes.size() % k_group_bytes;
  const crypto::Bytes whole = bytes.first(bytes.size() - rest);
  std::string text(whole.size() / k_group_bytes * k_group_letters, '\0');
  encode_base64_groups(whole, text);
  if (rest == 0) return text;
  std::uint32_t group = std::to_integer<std::uint32_t>(bytes[whole.size()]) << 16U;
  if (rest == 2) group |= std::to_integer<std::uint32_t>(bytes.back()) << 8U;
  text += letter_of(group >> 18U);
  text += letter_of(group >> 12U);
  if (rest == 2) text += letter_of(group >> 6U);
  return text;
}

std::optional<std::vector<std::byte>> decode_base64(std::string_view text) {
  const std::string_view whole = text.substr(0, text.size() / k_group_letters * k_group_letters);
  std::vector<std::byte> bytes;
  bytes.reserve(whole.size() / k_group_letters * k_group_bytes + 2);
  bytes.resize(whole.size() / k_group_letters * k_group_bytes);
  if (!decode_base64_groups(whole, bytes) || !decode_rest(text.substr(whole.size()), bytes))
    return std::nullopt;
  return bytes;
}

}  // namespace vmcred::age
