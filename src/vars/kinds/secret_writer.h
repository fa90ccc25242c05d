// SPDX-License-Identifier: Apache-2.0
// Builds a secret piece by piece in locked memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::vars {

class SecretWriter {
 public:
  // Room for at most `capacity` bytes: writing more ends the program.
  static base::Result<SecretWriter> with_capacity(std::size_t capacity);

  void add(crypto::Bytes bytes);
  void add(std::string_view text) { add(std::as_bytes(std::span(text))); }

  // As SSH writes them (RFC 4251, section 5): four bytes, big end first; a length and the bytes.
  void add_number(std::uint32_t number);
  void add_string(crypto::Bytes bytes);
  void add_string(std::string_view text) { add_string(std::as_bytes(std::span(text))); }

  // As base64 text, in lines of `width`, each with a newline; width 0: one line without.
  base::Result<void> add_base64(crypto::Bytes bytes, std::size_t width);

  std::size_t size() const { return m_size; }
  crypto::Bytes bytes() const { return m_buffer.bytes().first(m_size); }
  secret::SecretBuffer take() &&;

 private:
  explicit SecretWriter(secret::SecretBuffer buffer) : m_buffer(std::move(buffer)) {}

  secret::SecretBuffer m_buffer;
  std::size_t m_size = 0;
};

}  // namespace vmcred::vars
