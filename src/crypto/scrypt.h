// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "crypto/bytes.h"

namespace vmcred::crypto {

// scrypt (RFC 7914) with N = 2^log_n, r = 8 and p = 1, into `key`. Takes 2^log_n KiB of memory; fails with a
// `host` error where that is not to be had.
base::Result<void> scrypt(Bytes passphrase, Bytes salt, unsigned log_n, WritableBytes key);

}  // namespace vmcred::crypto
