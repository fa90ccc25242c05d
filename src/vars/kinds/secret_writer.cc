// SPDX-License-Identifier: Apache-2.0
#include "vars/kinds/secret_writer.h"

#include <algorithm>
#include <cstdlib>

#include "secret/base64.h"

namespace vmcred::vars {

using secret::SecretBuffer;

base::Result<SecretWriter> SecretWriter::with_capacity(std::size_t capacity) {
  VMCRED_TRY_ASSIGN(SecretBuffer buffer, SecretBuffer::zeroed(capacity));
  return SecretWriter(std::move(buffer));
}

void SecretWriter::add(crypto::Bytes bytes) {
  if (bytes.size() > m_buffer.size() - m_size) std::abort();
  std::ranges::copy(bytes, m_buffer.writable_bytes().subspan(m_size).begin());
  m_size += bytes.size();
}

void SecretWriter::add_number(std::uint32_t number) {
  const std::byte bytes[] = {std::byte(number >> 24U), std::byte(number >> 16U), std::byte(number >> 8U),
                             std::byte(number)};
  add(bytes);
}

void SecretWriter::add_string(crypto::Bytes bytes) {
  add_number(static_cast<std::uint32_t>(bytes.size()));
  add(bytes);
}

base::Result<void> SecretWriter::add_base64(crypto::Bytes bytes, std::size_t width) {
  VMCRED_TRY_ASSIGN(SecretBuffer text, SecretBuffer::zeroed(secret::base64_length(bytes.size())));
  secret::base64_encode(bytes, text.writable_bytes());
  if (width == 0) {
    add(text.bytes());
    return {};
  }
  for (crypto::Bytes rest = text.bytes(); !rest.empty(); rest = rest.subspan(std::min(width, rest.size()))) {
    add(rest.first(std::min(width, rest.size())));
    add("\n");
  }
  return {};
}

SecretBuffer SecretWriter::take() && {
  m_buffer.truncate(m_size);
  return std::move(m_buffer);
}

}  // namespace vmcred::vars
