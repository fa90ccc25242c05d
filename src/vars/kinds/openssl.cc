// SPDX-License-Identifier: Apache-2.0
#include "vars/kinds/openssl.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/text.h"
#include "crypto/library.h"

namespace vmcred::vars {

using base::Error;
using base::ErrorKind;
using base::Result;

Result<void> use_locked_openssl() {
  constexpr std::size_t k_heap_bytes = 65536;
  constexpr std::size_t k_least_block_bytes = 32;
  crypto::use_openssl();
  static const bool is_locked = CRYPTO_secure_malloc_init(k_heap_bytes, k_least_block_bytes) == 1;
  if (is_locked) return {};
  return Error{.kind = ErrorKind::refused,
               .what = "no locked memory for private keys",
               .hint = "raise the limit: 'ulimit -l', LimitMEMLOCK="};
}

Error openssl_error(std::string_view what) {
  const char* reason = ERR_reason_error_string(ERR_get_error());
  ERR_clear_error();
  return {.kind = ErrorKind::credential,
          .what = base::concat(what, reason == nullptr ? "" : ": ", reason == nullptr ? "" : reason)};
}

Result<Key> read_private_key(crypto::Bytes pem, std::string_view subject) {
  VMCRED_TRY(use_locked_openssl());
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // Never ask for a passphrase.
  const auto refuse = [](char*, int, int, void*) { return -1; };
  Key key(PEM_read_bio_PrivateKey(bio.get(), nullptr, refuse, nullptr));
  if (key == nullptr) return openssl_error(base::concat(subject, " is no private key in PEM"));
  return key;
}

Result<secret::SecretBuffer> contents_of(BIO* bio) {
  char* start = nullptr;
  const long size = BIO_get_mem_data(bio, &start);
  return secret::SecretBuffer::copy_of(std::as_bytes(std::span(start, static_cast<std::size_t>(size))));
}

}  // namespace vmcred::vars
