// SPDX-License-Identifier: Apache-2.0
#include "crypto/library.h"

#include <openssl/crypto.h>
#include <sodium/core.h>
#include <cstdlib>

namespace vmcred::crypto {

void use_sodium() {
  static const bool ready = ::sodium_init() >= 0;
  require(ready);
}

void use_openssl() {
  static const bool ready = OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG, nullptr) == 1;
  require(ready);
}

void require(bool succeeded) {
  if (!succeeded) std::abort();
}

}  // namespace vmcred::crypto
