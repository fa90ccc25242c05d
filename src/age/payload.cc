// SPDX-License-Identifier: Apache-2.0
#include "age/payload.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "age/chunk_reader.h"
#include "age/failure.h"
#include "crypto/chacha20_poly1305.h"

namespace vmcred::age {
namespace {

constexpr std::size_t k_sealed_chunk_bytes = k_chunk_bytes + crypto::k_chacha20_poly1305_tag_bytes;

// A chunk's place: 11 bytes of counter, big end first, and a byte that marks the last chunk.
class ChunkNonce {
 public:
  crypto::Bytes bytes(bool last) {
    m_bytes.back() = last ? std::byte{1} : std::byte{0};
    return m_bytes;
  }

  // 8 of the 11 bytes are enough for 2^64 chunks.
  void advance() {
    ++m_counter;
    for (std::size_t i = 0; i < sizeof m_counter; ++i)
      m_bytes[m_bytes.size() - 2 - i] = static_cast<std::byte>(m_counter >> 8 * i & 0xffU);
  }

 private:
  std::array<std::byte, crypto::k_chacha20_poly1305_nonce_bytes> m_bytes{};
  std::uint64_t m_counter = 0;
};

base::Error broken(std::string what) {
  return failed(Failure::payload, std::move(what), "get the file again from where it came");
}

// A payload that is known to be small needs no whole chunk's memory.
std::size_t chunk_size(std::size_t full, std::size_t most) { return most == 0 ? full : std::min(full, most); }

struct OpenedChunk {
  crypto::Bytes plaintext;
  bool last;  // as it was sealed
};

class ChunkOpener {
 public:
  // Puts the plaintext of one chunk after the other into `result`.
  ChunkOpener(crypto::Bytes key, crypto::WritableBytes result) : m_cipher(key), m_result(result) {}

  // `last`: it is the last one that is there. A full chunk that does not fit its place is tried the other way
  // too: where it opens so, it is authentic, and the fault lies in what comes after it.
  base::Result<OpenedChunk> open(crypto::Bytes chunk, bool last) {
    if (chunk.size() < crypto::k_chacha20_poly1305_tag_bytes) return broken("the file is cut off");
    const auto plaintext = m_result.first(chunk.size() - crypto::k_chacha20_poly1305_tag_bytes);
    if (plaintext.empty() && !m_first) return broken("the file has an empty last chunk");
    const bool full = chunk.size() == k_sealed_chunk_bytes;
    const bool fits = m_cipher.open(m_nonce.bytes(last), chunk, plaintext);
    if (!fits && !(full && m_cipher.open(m_nonce.bytes(!last), chunk, plaintext)))
      return broken("the file is damaged or cut off");
    m_nonce.advance();
    m_first = false;
    return OpenedChunk{.plaintext = plaintext, .last = fits == last};
  }

 private:
  crypto::ChaCha20Poly1305 m_cipher;
  crypto::WritableBytes m_result;
  ChunkNonce m_nonce;
  bool m_first = true;
};

}  // namespace

base::Result<void> seal_payload(crypto::Bytes key, Source& plaintext, Sink& sealed, std::size_t most) {
  VMCRED_TRY_ASSIGN(auto reader, ChunkReader::over(plaintext, chunk_size(k_chunk_bytes, most),
                                                   crypto::k_chacha20_poly1305_tag_bytes));
  crypto::ChaCha20Poly1305 cipher(key);
  for (ChunkNonce nonce;; nonce.advance()) {
    VMCRED_TRY_ASSIGN(const Chunk chunk, reader.next());
    const auto result = chunk.room.first(chunk.size + crypto::k_chacha20_poly1305_tag_bytes);
    cipher.seal(nonce.bytes(chunk.last), chunk.room.first(chunk.size), result);
    VMCRED_TRY(sealed.write(result));
    if (chunk.last) return {};
  }
}

base::Result<void> open_payload(crypto::Bytes key, Source& sealed, Sink& plaintext, std::size_t most) {
  const std::size_t size = chunk_size(k_sealed_chunk_bytes, most);
  VMCRED_TRY_ASSIGN(auto reader, ChunkReader::over(sealed, size, 0));
  VMCRED_TRY_ASSIGN(auto result, secret::SecretBuffer::zeroed(size));
  ChunkOpener opener(key, result.writable_bytes());
  for (bool last = false; !last;) {
    VMCRED_TRY_ASSIGN(const Chunk chunk, reader.next());
    VMCRED_TRY_ASSIGN(const auto opened, opener.open(chunk.room.first(chunk.size), chunk.last));
    VMCRED_TRY(plaintext.write(opened.plaintext));
    if (opened.last != chunk.last)
      return broken(chunk.last ? "the file is cut off" : "something stands after the file");
    last = chunk.last;
  }
  return {};
}

}  // namespace vmcred::age
