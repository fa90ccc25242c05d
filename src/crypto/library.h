// SPDX-License-Identifier: Apache-2.0
// The two crypto libraries, set up on first use: for this room, and for whoever calls one of them directly.
// Thread-safe.
#pragma once

namespace vmcred::crypto {

// libsodium, with the fastest code that this processor runs. Without this it works, but slowly.
void use_sodium();

// OpenSSL's libcrypto, without its system-wide config file: that could replace the algorithms, and costs
// time.
void use_openssl();

// Ends the program where a library fails that has no reason to: an algorithm that it always has, or memory.
void require(bool succeeded);

}  // namespace vmcred::crypto
