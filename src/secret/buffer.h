// SPDX-License-Identifier: Apache-2.0
// The only type that holds a secret's bytes.
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace vmcred::secret {

// A fixed number of bytes in locked memory, wiped when it goes. It moves, but has no copy, no comparison that
// takes secret-dependent time, no formatter and no conversion to a string: the way out is a span, and whoever
// calls bytes() answers for where they go.
// A forked child sees zeros: hand secrets to other processes by descriptor (secret/sealed_file.h).
// One buffer may be used by one thread at a time.
class SecretBuffer {
 public:
  SecretBuffer() = default;
  SecretBuffer(SecretBuffer&& other) noexcept;
  SecretBuffer& operator=(SecretBuffer&& other) noexcept;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer();

  // Zeroed bytes; size 0 is allowed and locks nothing. On failure see allocate_locked().
  static base::Result<SecretBuffer> zeroed(std::size_t size);

  // A locked copy of `bytes`. The original is the caller's to wipe.
  static base::Result<SecretBuffer> copy_of(std::span<const std::byte> bytes);

  std::size_t size() const { return m_size; }
  bool empty() const { return m_size == 0; }
  std::span<const std::byte> bytes() const { return {m_data, m_size}; }
  std::span<std::byte> writable_bytes() { return {m_data, m_size}; }

  // Shortens to the first `size` bytes and wipes the rest. `size` must not exceed size().
  void truncate(std::size_t size);

  // Compares in time that depends on the sizes only.
  bool equals(std::span<const std::byte> other) const;

 private:
  SecretBuffer(std::byte* data, std::size_t size) : m_data(data), m_size(size), m_capacity(size) {}

  std::byte* m_data = nullptr;
  std::size_t m_size = 0;
  std::size_t m_capacity = 0;
};

}  // namespace vmcred::secret
