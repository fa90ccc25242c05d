// SPDX-License-Identifier: Apache-2.0
// Bech32 (BIP 173, checksum constant 1), without its limit of 90 characters: how age spells keys.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::age {

struct Bech32 {
  std::string prefix;  // as written: all lower or all upper case
  secret::SecretBuffer data;
};

// Fails with a `config` error, which never quotes the text, where the text is not Bech32: mixed case, a
// foreign character, a wrong checksum, or padding that is not zero.
base::Result<Bech32> decode_bech32(crypto::Bytes text);

// The text in the case of `prefix`, for data that is public.
std::string encode_bech32(std::string_view prefix, crypto::Bytes data);

// As above, for data that is secret.
base::Result<secret::SecretBuffer> encode_secret_bech32(std::string_view prefix, crypto::Bytes data);

}  // namespace vmcred::age
