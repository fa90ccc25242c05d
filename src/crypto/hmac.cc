// SPDX-License-Identifier: Apache-2.0
#include "crypto/hmac.h"

#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>
#include <algorithm>
#include <array>
#include <cassert>

#include "crypto/library.h"
#include "crypto/octets.h"

namespace vmcred::crypto {

Sha256Digest hmac_sha256(Bytes key, std::initializer_list<Bytes> parts) {
  use_sodium();
  static constexpr std::byte k_nothing{};
  // The library wants a pointer even to nothing.
  const auto present = [](Bytes bytes) { return octets(bytes.empty() ? Bytes(&k_nothing, 0) : bytes); };
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, present(key), key.size());
  for (const Bytes part : parts) crypto_auth_hmacsha256_update(&state, present(part), part.size());
  Sha256Digest code;
  crypto_auth_hmacsha256_final(&state, octets(WritableBytes(code)));
  ::sodium_memzero(&state, sizeof state);
  return code;
}

void hkdf_sha256(Bytes material, Bytes salt, std::string_view info, WritableBytes key) {
  assert(key.size() <= 255 * sizeof(Sha256Digest));
  Sha256Digest pseudorandom_key = hmac_sha256(salt, {material});
  Sha256Digest block;
  std::size_t previous = 0;  // bytes of the block before, which the first one does not have
  std::byte counter{0};
  while (!key.empty()) {
    counter = static_cast<std::byte>(std::to_integer<unsigned>(counter) + 1);
    block = hmac_sha256(pseudorandom_key,
                        {Bytes(block).first(previous), std::as_bytes(std::span(info)), Bytes(&counter, 1)});
    previous = block.size();
    const std::size_t taken = std::min(key.size(), block.size());
    std::copy_n(block.begin(), taken, key.begin());
    key = key.subspan(taken);
  }
  ::sodium_memzero(pseudorandom_key.data(), pseudorandom_key.size());
  ::sodium_memzero(block.data(), block.size());
}

bool equal_in_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.empty() || ::sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace vmcred::crypto
