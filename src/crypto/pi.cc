// SPDX-License-Identifier: Apache-2.0
#include "crypto/pi.h"

#include <openssl/bn.h>

#include "crypto/library.h"
#include "crypto/openssl_pointer.h"

namespace vmcred::crypto {
namespace {

using BigNumber = OpensslPointer<BIGNUM, BN_free>;

// Each of some ten thousand terms is cut off below its last bit: fewer than 64 bits of error in all.
constexpr int k_guard_bits = 64;

BigNumber zero() {
  BigNumber number(BN_new());
  require(number != nullptr);
  return number;
}

// factor * arctan(1 / x) * 2^bits, by the series 1/x - 1/3x^3 + 1/5x^5 - …
BigNumber scaled_arctan(BN_ULONG factor, BN_ULONG x, int bits) {
  BigNumber sum = zero();
  BigNumber term = zero();
  BigNumber power = zero();
  require(BN_set_word(power.get(), factor) == 1 && BN_lshift(power.get(), power.get(), bits) == 1);
  BN_div_word(power.get(), x);
  for (BN_ULONG n = 1; !BN_is_zero(power.get()); n += 2) {
    require(BN_copy(term.get(), power.get()) != nullptr);
    BN_div_word(term.get(), n);
    require((n % 4 == 1 ? BN_add : BN_sub)(sum.get(), sum.get(), term.get()) == 1);
    BN_div_word(power.get(), x * x);
  }
  return sum;
}

}  // namespace

std::vector<std::uint32_t> fraction_of_pi(std::size_t words) {
  const int fraction_bits = static_cast<int>(words) * 32;
  const int bits = fraction_bits + k_guard_bits;
  // Machin, 1706: pi = 16 arctan(1/5) - 4 arctan(1/239).
  BigNumber pi = scaled_arctan(16, 5, bits);
  require(BN_sub(pi.get(), pi.get(), scaled_arctan(4, 239, bits).get()) == 1 &&
          BN_rshift(pi.get(), pi.get(), k_guard_bits) == 1 && BN_mask_bits(pi.get(), fraction_bits) == 1);

  std::vector<unsigned char> octets(words * 4);
  require(BN_bn2binpad(pi.get(), octets.data(), static_cast<int>(octets.size())) >= 0);
  std::vector<std::uint32_t> fraction(words);
  for (std::size_t i = 0; i < octets.size(); ++i) fraction[i / 4] = fraction[i / 4] << 8U | octets[i];
  return fraction;
}

}  // namespace vmcred::crypto
