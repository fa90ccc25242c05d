// SPDX-License-Identifier: Apache-2.0
// The data types of the SSH protocol (RFC 4251, section 5), as its key files use them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"

namespace vmcred::age {

// Takes values off the front of some bytes, which must stay alive: the results point into them. Each gives
// nothing where the bytes end too early.
class SshReader {
 public:
  explicit SshReader(crypto::Bytes bytes) : m_rest(bytes) {}

  std::optional<std::uint32_t> number();
  std::optional<crypto::Bytes> string();
  std::optional<std::string_view> text();

  // A number that is not negative, big-endian without leading zeros. Nothing where it is not in its shortest
  // form.
  std::optional<crypto::Bytes> big_number();

  crypto::Bytes rest() const { return m_rest; }

 private:
  crypto::Bytes m_rest;
};

// Values that are public.
void append_ssh_string(std::vector<std::byte>& bytes, crypto::Bytes string);
void append_ssh_big_number(std::vector<std::byte>& bytes, crypto::Bytes number);

}  // namespace vmcred::age
