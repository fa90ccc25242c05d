// SPDX-License-Identifier: Apache-2.0
// A source cut into chunks, each of which knows whether it is the last one.
#pragma once

#include <cstddef>

#include "age/channel.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

struct Chunk {
  crypto::WritableBytes room;  // the chunk, and behind it the memory that was asked for
  std::size_t size;            // of the chunk
  bool last;
};

class ChunkReader {
 public:
  // Chunks of `size` bytes, followed by `extra` bytes of memory each, for the user of the chunk.
  static base::Result<ChunkReader> over(Source& source, std::size_t size, std::size_t extra);

  // The next chunk; an empty last one where the source is empty. Valid until the next call. Not to be called
  // after the last one.
  base::Result<Chunk> next();

 private:
  ChunkReader(Source& source, std::size_t size, secret::SecretBuffer current, secret::SecretBuffer following)
      : m_source(&source), m_size(size), m_current(std::move(current)), m_following(std::move(following)) {}

  Source* m_source;
  std::size_t m_size;
  secret::SecretBuffer m_current;
  secret::SecretBuffer m_following;  // read ahead, to know whether the current one is the last
  std::size_t m_following_size = 0;
  bool m_begun = false;
};

}  // namespace vmcred::age
