// SPDX-License-Identifier: Apache-2.0
#include "age/chunk_reader.h"

namespace vmcred::age {

base::Result<ChunkReader> ChunkReader::over(Source& source, std::size_t size, std::size_t extra) {
  VMCRED_TRY_ASSIGN(auto current, secret::SecretBuffer::zeroed(size + extra));
  VMCRED_TRY_ASSIGN(auto following, secret::SecretBuffer::zeroed(size + extra));
  return ChunkReader(source, size, std::move(current), std::move(following));
}

base::Result<Chunk> ChunkReader::next() {
  const auto read_following = [this]() -> base::Result<void> {
    VMCRED_TRY_ASSIGN(m_following_size, m_source->read(m_following.writable_bytes().first(m_size)));
    return {};
  };
  if (!m_begun) VMCRED_TRY(read_following());
  m_begun = true;
  std::swap(m_current, m_following);
  const std::size_t size = m_following_size;
  m_following_size = 0;
  if (size == m_size) VMCRED_TRY(read_following());
  return Chunk{.room = m_current.writable_bytes(), .size = size, .last = m_following_size == 0};
}

}  // namespace vmcred::age
