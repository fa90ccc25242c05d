// SPDX-License-Identifier: Apache-2.0
#include "age/openssh_section.h"

#include <algorithm>

#include "age/ssh_wire.h"

namespace vmcred::age {
namespace {

using base::Result;
using secret::SecretBuffer;

base::Error malformed_section() {
  return {.kind = base::ErrorKind::config, .what = "the secret part of the ssh key is malformed"};
}

base::Error mismatched() {
  return {.kind = base::ErrorKind::config,
          .what = "the secret and the public part of the ssh key don't match"};
}

// The public point, and the seed followed by the public point.
Result<SshPrivateKey> parse_key(SshReader& reader, const SshPublicKey& public_key,
                                const SshEd25519PublicKey& expected) {
  const auto point = reader.string();
  const auto seed_and_point = reader.string();
  if (!point || !seed_and_point ||
      seed_and_point->size() != crypto::k_ed25519_seed_bytes + crypto::k_ed25519_public_bytes)
    return malformed_section();
  const auto seed = seed_and_point->first(crypto::k_ed25519_seed_bytes);
  VMCRED_TRY_ASSIGN(const auto computed, crypto::ed25519_public(seed));
  if (computed != expected.point || !std::ranges::equal(*point, expected.point) ||
      !std::ranges::equal(seed_and_point->subspan(seed.size()), expected.point))
    return mismatched();
  VMCRED_TRY_ASSIGN(auto scalar, crypto::x25519_scalar_of_ed25519_seed(seed));
  return SshPrivateKey{.public_key = public_key, .key = SshEd25519PrivateKey{.scalar = std::move(scalar)}};
}

Result<SshPrivateKey> parse_key(SshReader& reader, const SshPublicKey& public_key,
                                const crypto::RsaPublicKey& expected) {
  const auto modulus = reader.big_number();
  const auto public_exponent = reader.big_number();
  const auto exponent = reader.big_number();
  const auto coefficient = reader.big_number();
  const auto prime_p = reader.big_number();
  const auto prime_q = reader.big_number();
  if (!modulus || !public_exponent || !exponent || !coefficient || !prime_p || !prime_q)
    return malformed_section();
  if (!std::ranges::equal(*modulus, expected.modulus) ||
      !std::ranges::equal(*public_exponent, expected.exponent))
    return mismatched();
  crypto::RsaPrivateKey key{
      .public_key = expected, .exponent = {}, .prime_p = {}, .prime_q = {}, .coefficient = {}};
  VMCRED_TRY_ASSIGN(key.exponent, SecretBuffer::copy_of(*exponent));
  VMCRED_TRY_ASSIGN(key.coefficient, SecretBuffer::copy_of(*coefficient));
  VMCRED_TRY_ASSIGN(key.prime_p, SecretBuffer::copy_of(*prime_p));
  VMCRED_TRY_ASSIGN(key.prime_q, SecretBuffer::copy_of(*prime_q));
  return SshPrivateKey{.public_key = public_key, .key = std::move(key)};
}

bool is_padding(crypto::Bytes bytes, std::size_t block_bytes) {
  if (bytes.size() >= block_bytes) return false;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    if (bytes[i] != static_cast<std::byte>(i + 1)) return false;
  return true;
}

}  // namespace

bool openssh_section_is_open(crypto::Bytes section) {
  SshReader reader(section);
  const auto first = reader.number();
  const auto second = reader.number();
  return first && second && *first == *second;
}

Result<SshPrivateKey> parse_openssh_section(crypto::Bytes section, const SshPublicKey& public_key,
                                            std::size_t block_bytes) {
  if (!openssh_section_is_open(section)) return malformed_section();
  SshReader reader(section);
  reader.number();
  reader.number();
  const auto type = reader.text();
  if (!type) return malformed_section();
  if (*type != public_key.type()) return mismatched();
  const auto parse = [&](const auto& expected) { return parse_key(reader, public_key, expected); };
  VMCRED_TRY_ASSIGN(auto key, std::visit(parse, public_key.key));
  const auto comment = reader.string();
  if (!comment || !is_padding(reader.rest(), block_bytes)) return malformed_section();
  return key;
}

}  // namespace vmcred::age
