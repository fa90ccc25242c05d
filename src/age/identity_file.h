// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "age/identity.h"
#include "base/result.h"
#include "secret/buffer.h"

namespace vmcred::age {

// A new identity as age-keygen writes it: two comments with the time and the recipient, and the secret key.
base::Result<secret::SecretBuffer> identity_file(const GeneratedIdentity& identity);

}  // namespace vmcred::age
