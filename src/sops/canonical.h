// SPDX-License-Identifier: Apache-2.0
// The one text that each value that is no string has: what is encrypted, and what the MAC absorbs. The same
// bytes as the sops program makes, in locked memory.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"
#include "sops/tree.h"

namespace vmcred::sops {

// Decimal: "-12".
base::Result<Leaf> integer_leaf(std::int64_t value);

// The shortest digits that read back as the same number, without exponent, filled with zeros: "0.1", "1",
// "12345678901234567000"; "+Inf", "-Inf", "NaN".
base::Result<Leaf> floating_leaf(double value);

// "True", "False".
base::Result<Leaf> boolean_leaf(bool value);

base::Result<Leaf> null_leaf();

// What a decrypted value of `type` says, as a plain leaf in canonical form. Takes the forms that other
// versions of sops wrote. Fails with a decrypting_tree error where the text is none of the type.
base::Result<Leaf> canonical_leaf(Leaf::Type type, secret::SecretBuffer text);

}  // namespace vmcred::sops
