// SPDX-License-Identifier: Apache-2.0
#include "age/ssh_wire.h"

namespace vmcred::age {
namespace {

constexpr std::size_t k_number_bytes = 4;
constexpr std::byte k_sign_bit{0x80};

void append_number(std::vector<std::byte>& bytes, std::size_t number) {
  for (std::size_t i = k_number_bytes; i-- > 0;) bytes.push_back(static_cast<std::byte>(number >> 8 * i));
}

bool has_sign_bit(crypto::Bytes number) {
  return !number.empty() && (number.front() & k_sign_bit) != std::byte{0};
}

}  // namespace

std::optional<std::uint32_t> SshReader::number() {
  if (m_rest.size() < k_number_bytes) return std::nullopt;
  std::uint32_t number = 0;
  for (const auto byte : m_rest.first(k_number_bytes))
    number = number << 8U | std::to_integer<std::uint32_t>(byte);
  m_rest = m_rest.subspan(k_number_bytes);
  return number;
}

std::optional<crypto::Bytes> SshReader::string() {
  const auto size = number();
  if (!size || *size > m_rest.size()) return std::nullopt;
  const auto string = m_rest.first(*size);
  m_rest = m_rest.subspan(*size);
  return string;
}

std::optional<std::string_view> SshReader::text() {
  const auto bytes = string();
  if (!bytes) return std::nullopt;
  return std::string_view(reinterpret_cast<const char*>(bytes->data()), bytes->size());
}

std::optional<crypto::Bytes> SshReader::big_number() {
  const auto bytes = string();
  if (!bytes || has_sign_bit(*bytes)) return std::nullopt;
  if (bytes->empty() || bytes->front() != std::byte{0}) return bytes;
  // A zero in front is there to keep the number from being negative.
  const auto number = bytes->subspan(1);
  if (!has_sign_bit(number)) return std::nullopt;
  return number;
}

void append_ssh_string(std::vector<std::byte>& bytes, crypto::Bytes string) {
  append_number(bytes, string.size());
  bytes.insert(bytes.end(), string.begin(), string.end());
}

void append_ssh_big_number(std::vector<std::byte>& bytes, crypto::Bytes number) {
  const std::size_t zeros = has_sign_bit(number) ? 1 : 0;
  append_number(bytes, zeros + number.size());
  bytes.insert(bytes.end(), zeros, std::byte{0});
  bytes.insert(bytes.end(), number.begin(), number.end());
}

}  // namespace vmcred::age
