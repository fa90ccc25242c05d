// SPDX-License-Identifier: Apache-2.0
#include "crypto/bcrypt_pbkdf.h"

#include <sodium/crypto_hash_sha512.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <new>
#include <string_view>

#include "crypto/blowfish.h"
#include "crypto/library.h"
#include "secret/buffer.h"

namespace vmcred::crypto {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::string_view k_text = "OxychromaticBlowfishSwatDynamite";
constexpr std::size_t k_block_bytes = k_text.size();
constexpr int k_expansions = 64;
constexpr int k_encryptions = 64;

using Digest = std::array<unsigned char, crypto_hash_sha512_BYTES>;

// All that depends on the passphrase, in one piece so that it fits one block of locked memory.
struct Work {
  Digest passphrase;
  Digest salt;
  std::array<std::byte, k_block_bytes> output;
  std::array<std::byte, k_block_bytes> sum;
  std::array<std::uint32_t, k_block_bytes / 4> words;
  Blowfish cipher;
};
static_assert(std::is_trivially_destructible_v<Work> && alignof(Work) <= alignof(std::max_align_t));

void sha512(Bytes bytes, Digest& digest) {
  require(crypto_hash_sha512(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                             bytes.size()) == 0);
}

// bcrypt of the two digests into work.output.
void hash_once(Work& work) {
  const auto passphrase = std::as_bytes(std::span(work.passphrase));
  const auto salt = std::as_bytes(std::span(work.salt));
  work.cipher = Blowfish::initial();
  work.cipher.expand(passphrase, salt);
  for (int i = 0; i < k_expansions; ++i) {
    work.cipher.expand(salt);
    work.cipher.expand(passphrase);
  }
  work.words = {};
  for (std::size_t i = 0; i < k_block_bytes; ++i)
    work.words[i / 4] = work.words[i / 4] << 8U | static_cast<unsigned char>(k_text[i]);
  for (std::size_t i = 0; i < work.words.size(); i += 2)
    for (int j = 0; j < k_encryptions; ++j) work.cipher.encrypt(work.words[i], work.words[i + 1]);
  for (std::size_t i = 0; i < k_block_bytes; ++i)
    work.output[i] = static_cast<std::byte>(work.words[i / 4] >> 8U * (i % 4));
}

// The block of this number (from 1) into work.sum.
void derive_block(Work& work, WritableBytes salt_and_number, std::uint32_t number, unsigned rounds) {
  for (std::size_t i = 0; i < 4; ++i)
    salt_and_number[salt_and_number.size() - 1 - i] = static_cast<std::byte>(number >> 8U * i);
  sha512(salt_and_number, work.salt);
  hash_once(work);
  work.sum = work.output;
  for (unsigned round = 1; round < rounds; ++round) {
    sha512(work.output, work.salt);
    hash_once(work);
    for (std::size_t i = 0; i < k_block_bytes; ++i) work.sum[i] ^= work.output[i];
  }
}

}  // namespace

Result<void> bcrypt_pbkdf(Bytes passphrase, Bytes salt, unsigned rounds, WritableBytes key) {
  if (passphrase.empty() || salt.empty() || rounds == 0 || rounds > k_max_bcrypt_rounds || key.empty() ||
      key.size() > k_block_bytes * k_block_bytes)
    return base::Error{
        .kind = base::ErrorKind::config,
        .what = "bcrypt_pbkdf: an empty input, or a number of rounds or a key size out of range"};
  use_sodium();
  VMCRED_TRY_ASSIGN(auto memory, SecretBuffer::zeroed(sizeof(Work)));
  Work& work = *new (memory.writable_bytes().data()) Work;
  std::vector<std::byte> salt_and_number(salt.size() + 4);
  std::copy(salt.begin(), salt.end(), salt_and_number.begin());
  sha512(passphrase, work.passphrase);

  // Each block fills every blocks-th byte.
  const std::size_t blocks = (key.size() + k_block_bytes - 1) / k_block_bytes;
  const std::size_t used = (key.size() + blocks - 1) / blocks;
  for (std::size_t block = 0; block < blocks; ++block) {
    derive_block(work, salt_and_number, static_cast<std::uint32_t>(block + 1), rounds);
    for (std::size_t i = 0; i < used && i * blocks + block < key.size(); ++i)
      key[i * blocks + block] = work.sum[i];
  }
  return {};
}

}  // namespace vmcred::crypto
