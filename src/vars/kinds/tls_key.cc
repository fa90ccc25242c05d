// SPDX-License-Identifier: Apache-2.0
#include <openssl/pem.h>

#include "vars/kinds/kinds.h"
#include "vars/kinds/openssl.h"

namespace vmcred::vars {

base::Result<secret::SecretBuffer> make_tls_key(config::FileKind::Algorithm algorithm) {
  VMCRED_TRY(use_locked_openssl());
  const bool is_p256 = algorithm == config::FileKind::Algorithm::p256;
  const Key key(is_p256 ? EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256")
                        : EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (key == nullptr || bio == nullptr ||
      PEM_write_bio_PrivateKey(bio.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return openssl_error("can't make a TLS key");
  return contents_of(bio.get());
}

}  // namespace vmcred::vars
