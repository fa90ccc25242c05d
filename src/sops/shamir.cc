// SPDX-License-Identifier: Apache-2.0
#include "sops/shamir.h"

#include <array>
#include <cstdint>
#include <utility>

#include "base/text.h"
#include "secret/random.h"
#include "sops/failure.h"

namespace vmcred::sops {
namespace {

using base::Result;
using secret::SecretBuffer;

constexpr std::size_t k_max_shares = 255;

// The field's arithmetic. Addition and subtraction are both XOR.
std::uint8_t multiply(std::uint8_t a, std::uint8_t b) {
  unsigned product = 0;
  unsigned shifted = a;
  for (unsigned bit = 0; bit < 8; ++bit) {
    product ^= shifted & (0U - ((static_cast<unsigned>(b) >> bit) & 1U));
    shifted = (shifted << 1U) ^ (0x11bU & (0U - (shifted >> 7U)));
  }
  return static_cast<std::uint8_t>(product);
}

// a^254, which is 1/a; 0 for 0.
std::uint8_t invert(std::uint8_t a) {
  std::uint8_t result = 1;
  for (unsigned bit = 1; bit < 8; ++bit) {
    a = multiply(a, a);
    result = multiply(result, a);
  }
  return result;
}

std::uint8_t octet(crypto::Bytes bytes, std::size_t index) {
  return std::to_integer<std::uint8_t>(bytes[index]);
}

base::Error not_shares(std::string_view reason) {
  return failed(Failure::no_key, base::concat("the shares of the data key can't be combined: ", reason));
}

// The polynomials' values at x; `coefficients` holds all bytes' coefficients of each power, the lowest first.
void evaluate(crypto::Bytes secret, crypto::Bytes coefficients, std::uint8_t x, crypto::WritableBytes share) {
  const std::size_t size = secret.size();
  for (std::size_t i = 0; i < size; ++i) {
    std::uint8_t value = 0;
    for (std::size_t end = coefficients.size(); end > 0; end -= size)
      value = multiply(static_cast<std::uint8_t>(value ^ octet(coefficients, end - size + i)), x);
    share[i] = static_cast<std::byte>(value ^ octet(secret, i));
  }
  share[size] = static_cast<std::byte>(x);
}

Result<void> check_shares(std::span<const SecretBuffer> shares) {
  if (shares.size() < 2) return not_shares("there are fewer than two");
  std::array<bool, k_max_shares + 1> taken{};
  const std::size_t size = shares.front().size();
  for (const auto& share : shares) {
    if (share.size() != size || size < 2) return not_shares("they have unequal sizes");
    const std::uint8_t x = octet(share.bytes(), size - 1);
    if (x == 0) return not_shares("one is taken at 0");
    if (std::exchange(taken[x], true)) return not_shares("two are the same");
  }
  return {};
}

// What the share at `index` counts for the value at 0: the product of x / (x - own x) over all other shares.
std::uint8_t weight(std::span<const SecretBuffer> shares, std::size_t index) {
  const std::size_t last = shares.front().size() - 1;
  const std::uint8_t own = octet(shares[index].bytes(), last);
  std::uint8_t product = 1;
  for (std::size_t other = 0; other < shares.size(); ++other) {
    if (other == index) continue;
    const std::uint8_t x = octet(shares[other].bytes(), last);
    product = multiply(product, multiply(x, invert(static_cast<std::uint8_t>(x ^ own))));
  }
  return product;
}

}  // namespace

Result<std::vector<SecretBuffer>> split_secret(crypto::Bytes secret, std::size_t threshold,
                                               std::size_t count) {
  if (secret.empty() || threshold < 2 || threshold > count || count > k_max_shares)
    return failed(
        Failure::generic,
        base::concat("a secret can't be split so that any ", threshold, " of ", count, " shares give it"),
        "the threshold is at least 2 and at most the number of key groups");
  VMCRED_TRY_ASSIGN(auto coefficients, SecretBuffer::zeroed(secret.size() * (threshold - 1)));
  VMCRED_TRY(secret::fill_random(coefficients.writable_bytes()));
  std::vector<SecretBuffer> shares;
  for (std::size_t x = 1; x <= count; ++x) {
    VMCRED_TRY_ASSIGN(auto share, SecretBuffer::zeroed(secret.size() + 1));
    evaluate(secret, coefficients.bytes(), static_cast<std::uint8_t>(x), share.writable_bytes());
    shares.push_back(std::move(share));
  }
  return shares;
}

Result<SecretBuffer> combine_shares(std::span<const SecretBuffer> shares) {
  VMCRED_TRY(check_shares(shares));
  VMCRED_TRY_ASSIGN(auto secret, SecretBuffer::zeroed(shares.front().size() - 1));
  for (std::size_t index = 0; index < shares.size(); ++index) {
    const std::uint8_t factor = weight(shares, index);
    for (std::size_t i = 0; i < secret.size(); ++i)
      secret.writable_bytes()[i] ^= static_cast<std::byte>(multiply(octet(shares[index].bytes(), i), factor));
  }
  return secret;
}

}  // namespace vmcred::sops
