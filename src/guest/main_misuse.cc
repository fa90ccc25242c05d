// SPDX-License-Identifier: Apache-2.0
// What libsodium calls on wrong use, in place of its own: that one shares an object file with sodium_init(),
// which would link every algorithm of the library into this program, of which it needs one.
#include <sodium/core.h>
#include <cstdlib>

void sodium_misuse() { std::abort(); }
