// SPDX-License-Identifier: Apache-2.0
#include "secret/random.h"

#include <algorithm>
#include <string_view>

#include "secret/base64.h"
#include "vars/kinds/kinds.h"

namespace vmcred::vars {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view k_readable = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";

// Every character with the same chance: bytes beyond the last whole multiple of the alphabet are drawn again.
Result<SecretBuffer> draw(std::string_view alphabet, std::size_t size) {
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(size));
  VMCRED_TRY_ASSIGN(SecretBuffer noise, SecretBuffer::zeroed(size));
  const std::size_t limit = 256 - 256 % alphabet.size();
  for (std::size_t done = 0; done < size;) {
    VMCRED_TRY(secret::fill_random(noise.writable_bytes()));
    for (const std::byte byte : noise.bytes()) {
      const auto value = std::to_integer<std::size_t>(byte);
      if (value < limit && done < size)
        text.writable_bytes()[done++] = static_cast<std::byte>(alphabet[value % alphabet.size()]);
    }
  }
  return text;
}

}  // namespace

Result<SecretBuffer> make_raw(std::size_t size) {
  VMCRED_TRY_ASSIGN(SecretBuffer bytes, SecretBuffer::zeroed(size));
  VMCRED_TRY(secret::fill_random(bytes.writable_bytes()));
  return bytes;
}

Result<SecretBuffer> make_base64(std::size_t size) {
  VMCRED_TRY_ASSIGN(const SecretBuffer bytes, make_raw(size));
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(secret::base64_length(size)));
  secret::base64_encode(bytes.bytes(), text.writable_bytes());
  return text;
}

// Each digit is uniform when each byte is.
Result<SecretBuffer> make_hex(std::size_t size) { return draw("0123456789abcdef", size * 2); }

Result<SecretBuffer> make_alphanumeric(std::size_t size) { return draw(k_alphanumeric, size); }

Result<SecretBuffer> make_password(std::size_t size) { return draw(k_readable, size); }

Result<SecretBuffer> make_uuid() {
  VMCRED_TRY_ASSIGN(SecretBuffer text, draw("0123456789abcdef", 36));
  VMCRED_TRY_ASSIGN(const SecretBuffer variant, draw("89ab", 1));
  for (const std::size_t hyphen : {8, 13, 18, 23}) text.writable_bytes()[hyphen] = std::byte{'-'};
  text.writable_bytes()[14] = std::byte{'4'};
  text.writable_bytes()[19] = variant.bytes()[0];
  return text;
}

}  // namespace vmcred::vars
