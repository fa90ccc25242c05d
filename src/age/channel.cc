// SPDX-License-Identifier: Apache-2.0
#include "age/channel.h"

#include <algorithm>
#include <cassert>

#include "base/file.h"

namespace vmcred::age {

base::Result<std::size_t> DescriptorSource::read(crypto::WritableBytes bytes) {
  return base::read_up_to(m_fd, bytes, m_subject);
}

base::Result<void> DescriptorSink::write(crypto::Bytes bytes) {
  return base::write_all(m_fd, bytes, m_subject);
}

base::Result<std::size_t> MemorySource::read(crypto::WritableBytes bytes) {
  const std::size_t size = std::min(bytes.size(), m_rest.size());
  std::copy_n(m_rest.begin(), size, bytes.begin());
  m_rest = m_rest.subspan(size);
  return size;
}

base::Result<void> MemorySink::write(crypto::Bytes bytes) {
  m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.end());
  return {};
}

base::Result<SecretSink> SecretSink::with_room(std::size_t size) {
  VMCRED_TRY_ASSIGN(auto buffer, secret::SecretBuffer::zeroed(size));
  return SecretSink(std::move(buffer));
}

base::Result<void> SecretSink::write(crypto::Bytes bytes) {
  assert(bytes.size() <= m_buffer.size() - m_size);
  std::copy(bytes.begin(), bytes.end(), m_buffer.writable_bytes().subspan(m_size).begin());
  m_size += bytes.size();
  return {};
}

secret::SecretBuffer SecretSink::take() {
  m_buffer.truncate(m_size);
  return std::move(m_buffer);
}

base::Result<std::size_t> BufferedSource::read(crypto::WritableBytes bytes) {
  const std::size_t kept = std::min(bytes.size(), pending());
  std::copy_n(m_bytes.begin() + static_cast<std::ptrdiff_t>(m_offset), kept, bytes.begin());
  consume(kept);
  if (kept == bytes.size()) return kept;
  VMCRED_TRY_ASSIGN(const std::size_t size, read_on(bytes.subspan(kept)));
  return kept + size;
}

base::Result<std::size_t> BufferedSource::read_on(crypto::WritableBytes bytes) {
  if (m_ended) return 0;
  VMCRED_TRY_ASSIGN(const std::size_t size, m_source.read(bytes));
  m_ended = size < bytes.size();
  return size;
}

base::Result<std::string_view> BufferedSource::peek(std::size_t size) {
  if (pending() < size) {
    m_bytes.erase(m_bytes.begin(), m_bytes.begin() + static_cast<std::ptrdiff_t>(m_offset));
    m_offset = 0;
    const std::size_t kept = m_bytes.size();
    m_bytes.resize(size);
    auto added = read_on(crypto::WritableBytes(m_bytes).subspan(kept));
    m_bytes.resize(kept + (added ? *added : 0));
    if (!added) return std::move(added).error();
  }
  return std::string_view(reinterpret_cast<const char*>(m_bytes.data()) + m_offset, pending());
}

void BufferedSource::consume(std::size_t size) {
  assert(size <= pending());
  m_offset += size;
}

}  // namespace vmcred::age
