// SPDX-License-Identifier: Apache-2.0
#include "secret/buffer.h"

#include <sodium/utils.h>
#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

#include "secret/locked_memory.h"

namespace vmcred::secret {

SecretBuffer::SecretBuffer(SecretBuffer&& other) noexcept
    : m_data(std::exchange(other.m_data, nullptr)),
      m_size(std::exchange(other.m_size, 0)),
      m_capacity(std::exchange(other.m_capacity, 0)) {}

SecretBuffer& SecretBuffer::operator=(SecretBuffer&& other) noexcept {
  if (this != &other) {
    free_locked(m_data, m_capacity);
    m_data = std::exchange(other.m_data, nullptr);
    m_size = std::exchange(other.m_size, 0);
    m_capacity = std::exchange(other.m_capacity, 0);
  }
  return *this;
}

SecretBuffer::~SecretBuffer() { free_locked(m_data, m_capacity); }

base::Result<SecretBuffer> SecretBuffer::zeroed(std::size_t size) {
  if (size == 0) return SecretBuffer();
  VMCRED_TRY_ASSIGN(std::byte * data, allocate_locked(size));
  return SecretBuffer(data, size);
}

base::Result<SecretBuffer> SecretBuffer::copy_of(std::span<const std::byte> bytes) {
  VMCRED_TRY_ASSIGN(SecretBuffer copy, zeroed(bytes.size()));
  std::copy(bytes.begin(), bytes.end(), copy.m_data);
  return copy;
}

void SecretBuffer::truncate(std::size_t size) {
  assert(size <= m_size);
  if (m_data != nullptr) ::explicit_bzero(m_data + size, m_size - size);
  m_size = size;
}

bool SecretBuffer::equals(std::span<const std::byte> other) const {
  return m_size == other.size() && (m_size == 0 || sodium_memcmp(m_data, other.data(), m_size) == 0);
}

}  // namespace vmcred::secret
