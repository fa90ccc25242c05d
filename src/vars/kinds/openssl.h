// SPDX-License-Identifier: Apache-2.0
// What the TLS kinds share: libcrypto with its private parts in locked memory.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/openssl_pointer.h"
#include "secret/buffer.h"

namespace vmcred::vars {

using Key = crypto::OpensslPointer<EVP_PKEY, EVP_PKEY_free>;
using X509Certificate = crypto::OpensslPointer<X509, X509_free>;
using Bio = crypto::OpensslPointer<BIO, BIO_free>;

// Gives libcrypto locked memory for private keys, once. A `refused` error where it can't be had.
base::Result<void> use_locked_openssl();

// What libcrypto says is wrong, which is never a secret.
base::Error openssl_error(std::string_view what);

// A private key in PEM.
base::Result<Key> read_private_key(crypto::Bytes pem, std::string_view subject);

// All that was written to a BIO of memory.
base::Result<secret::SecretBuffer> contents_of(BIO* bio);

}  // namespace vmcred::vars
