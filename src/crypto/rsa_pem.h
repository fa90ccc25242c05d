// SPDX-License-Identifier: Apache-2.0
// RSA private keys as OpenSSL and older versions of OpenSSH write them.
#pragma once

#include "base/result.h"
#include "crypto/bytes.h"
#include "crypto/rsa_oaep.h"

namespace vmcred::crypto {

// An unencrypted key in PEM, of either form ("RSA PRIVATE KEY": RFC 8017, "PRIVATE KEY": RFC 5958). Fails
// with a `config` error for anything else.
base::Result<RsaPrivateKey> rsa_private_key_of_pem(Bytes pem);

}  // namespace vmcred::crypto
