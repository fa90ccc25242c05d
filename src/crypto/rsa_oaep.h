// SPDX-License-Identifier: Apache-2.0
// RSA encryption with OAEP (RFC 8017, section 7.1), SHA-256 both as its hash and inside MGF1.
//
// Keys are numbers, big-endian without leading zeros. The library's own objects for a private key are not in
// locked memory: they exist while a call lasts, and the library wipes them.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::crypto {

struct RsaPublicKey {
  std::vector<std::byte> modulus;
  std::vector<std::byte> exponent;

  // The length of the modulus; 0 where there is none.
  std::size_t bits() const;

  bool operator==(const RsaPublicKey&) const = default;
};

struct RsaPrivateKey {
  RsaPublicKey public_key;
  secret::SecretBuffer exponent;
  secret::SecretBuffer prime_p;
  secret::SecretBuffer prime_q;
  secret::SecretBuffer coefficient;  // the inverse of q modulo p
};

// A ciphertext as long as the modulus. Fails with a `config` error where the numbers are no usable key.
base::Result<std::vector<std::byte>> rsa_oaep_encrypt(const RsaPublicKey& key, std::string_view label,
                                                      Bytes plaintext);

// Fails with a `config` error for a key that can't be used or whose parts don't belong together, and with a
// `credential` error for a ciphertext that is not for this key and label.
base::Result<secret::SecretBuffer> rsa_oaep_decrypt(const RsaPrivateKey& key, std::string_view label,
                                                    Bytes ciphertext);

}  // namespace vmcred::crypto
