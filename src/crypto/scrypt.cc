// SPDX-License-Identifier: Apache-2.0
#include "crypto/scrypt.h"

#include <sodium/crypto_pwhash_scryptsalsa208sha256.h>
#include <cerrno>
#include <cstdint>

#include "base/text.h"
#include "crypto/library.h"

namespace vmcred::crypto {

base::Result<void> scrypt(Bytes passphrase, Bytes salt, unsigned log_n, WritableBytes key) {
  constexpr std::uint32_t k_block_size = 8;
  constexpr std::uint32_t k_parallelism = 1;
  constexpr unsigned k_max_log_n = 31;
  if (log_n < 1 || log_n > k_max_log_n)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = base::concat("a scrypt work factor of 2^", log_n, " can't be done")};
  use_sodium();
  const auto octets = [](auto bytes) { return reinterpret_cast<const std::uint8_t*>(bytes.data()); };
  if (crypto_pwhash_scryptsalsa208sha256_ll(octets(passphrase), passphrase.size(), octets(salt), salt.size(),
                                            std::uint64_t{1} << log_n, k_block_size, k_parallelism,
                                            reinterpret_cast<std::uint8_t*>(key.data()), key.size()) != 0)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = base::concat("no memory for a scrypt work factor of 2^", log_n, ": ",
                                            base::errno_text(errno))};
  return {};
}

}  // namespace vmcred::crypto
