// SPDX-License-Identifier: Apache-2.0
// Shamir's secret sharing over GF(2^8) modulo x^8 + x^4 + x^3 + x + 1, a polynomial for each byte with the
// secret at 0. A share is the polynomials' values and then the one byte x where they were taken. Arithmetic
// in time that depends on sizes only.
#pragma once

#include <span>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::sops {

// Shares at x = 1 … `count`, any `threshold` of which give the secret. Fails unless 2 <= threshold <= count
// <= 255 and the secret has a byte.
base::Result<std::vector<secret::SecretBuffer>> split_secret(crypto::Bytes secret, std::size_t threshold,
                                                             std::size_t count);

// Interpolates over all shares. Fails for fewer than two, for shares of unequal or too small size, and where
// an x is 0 or comes twice. Whether the shares belong together shows only in the use of the result.
base::Result<secret::SecretBuffer> combine_shares(std::span<const secret::SecretBuffer> shares);

}  // namespace vmcred::sops
