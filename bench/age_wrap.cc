// SPDX-License-Identifier: Apache-2.0
// age_wrap: prints how many file keys it wrapped for one X25519 recipient in a second of processor time.
// age_wrap --unwrap: how many of them it unwrapped.
//
// Wrapping takes two scalar multiplications (the ephemeral key's public point, the shared secret), unwrapping
// takes one; the rest of the time is what we add: random bytes, derived keys, the cipher, the stanza's text.
#include <cstdio>
#include <ctime>
#include <string_view>

#include "age/age.h"

namespace {

using namespace vmcred;

constexpr std::size_t k_batch = 100;  // calls between two looks at the clock

// Calls a second of processor time, as `openssl speed` counts too; 0 where a call failed.
template <typename Action>
double rate_of(Action action) {
  const std::clock_t start = std::clock();
  std::size_t calls = 0;
  std::clock_t taken = 0;
  do {
    for (std::size_t i = 0; i < k_batch; ++i)
      if (!action()) return 0;
    calls += k_batch;
    taken = std::clock() - start;
  } while (taken < CLOCKS_PER_SEC);
  return static_cast<double>(calls) * CLOCKS_PER_SEC / static_cast<double>(taken);
}

base::Result<double> measure(bool unwrapping) {
  VMCRED_TRY_ASSIGN(const auto generated, age::generate_identity());
  VMCRED_TRY_ASSIGN(const auto recipient, age::parse_recipient(generated.recipient));
  VMCRED_TRY_ASSIGN(const auto identity, age::parse_identity(generated.secret_key.bytes()));
  constexpr std::byte k_file_key[age::k_file_key_bytes]{};
  VMCRED_TRY_ASSIGN(const auto stanzas, recipient->wrap(k_file_key));
  if (!unwrapping) return rate_of([&] { return recipient->wrap(k_file_key).has_value(); });
  return rate_of([&] {
    const auto file_key = identity->unwrap(stanzas);
    return file_key.has_value() && file_key->has_value();
  });
}

}  // namespace

int main(int argc, char** argv) {
  const bool unwrapping = argc == 2 && std::string_view(argv[1]) == "--unwrap";
  const auto rate = measure(unwrapping);
  if ((argc > 1 && !unwrapping) || !rate || *rate == 0) return 1;
  std::printf("%.1f\n", *rate);
  return 0;
}
