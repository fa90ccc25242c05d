// SPDX-License-Identifier: Apache-2.0
#include <crypt.h>
#include <algorithm>
#include <cstring>

#include "secret/random.h"
#include "vars/kinds/kinds.h"

namespace vmcred::vars {

using base::Error;
using base::ErrorKind;
using base::Result;
using secret::SecretBuffer;

Result<SecretBuffer> make_password_hash(crypto::Bytes password) {
  constexpr std::size_t k_salt_bytes = 16;
  if (std::ranges::find(password, std::byte{0}) != password.end() ||
      password.size() >= CRYPT_MAX_PASSPHRASE_SIZE)
    return Error{.kind = ErrorKind::credential,
                 .what = "the password to hash is longer than 511 bytes, or holds a zero byte"};
  char noise[k_salt_bytes];
  VMCRED_TRY(secret::fill_random(std::as_writable_bytes(std::span(noise))));
  char setting[CRYPT_GENSALT_OUTPUT_SIZE];
  if (::crypt_gensalt_rn("$y$", 0, noise, sizeof noise, setting, sizeof setting) == nullptr)
    return base::errno_error("yescrypt");

  VMCRED_TRY_ASSIGN(SecretBuffer phrase, SecretBuffer::zeroed(password.size() + 1));
  std::ranges::copy(password, phrase.writable_bytes().begin());
  VMCRED_TRY_ASSIGN(SecretBuffer state, SecretBuffer::zeroed(sizeof(crypt_data)));
  auto* data = reinterpret_cast<crypt_data*>(state.writable_bytes().data());
  const char* hash = ::crypt_r(reinterpret_cast<const char*>(phrase.bytes().data()), setting, data);
  if (hash == nullptr || hash[0] == '*') return base::errno_error("yescrypt");
  return SecretBuffer::copy_of(std::as_bytes(std::span(hash, std::strlen(hash))));
}

}  // namespace vmcred::vars
