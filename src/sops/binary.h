// SPDX-License-Identifier: Apache-2.0
// A whole file of any bytes as one SOPS secret: {"data": "ENC[…]", "sops": {…}}. This is the form in which a
// clan repository keeps its secrets. Text in and out is the encrypted file: JSON, indented by tabs, without a
// newline at its end, as clan's repositories hold it. Each function is pure; any number of threads may call
// it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "age/age.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::sops {

// One of the keys that a file's data key is encrypted to.
struct KeyReference {
  enum class Type { age, pgp, other };
  Type type;
  std::string text;  // an age recipient, a PGP fingerprint, or what names another kind of key

  bool operator==(const KeyReference&) const = default;
  auto operator<=>(const KeyReference&) const = default;
};

// A new data key, one key group.
base::Result<std::string> encrypt_binary(crypto::Bytes plaintext, age::RecipientList recipients);

// Checks the MAC always.
base::Result<secret::SecretBuffer> decrypt_binary(std::string_view file, age::IdentityList identities);

// Who can open the file, in its order. Needs no key.
base::Result<std::vector<KeyReference>> keys_of(std::string_view file);

// The same file for other recipients, as `sops updatekeys` does: data key, value, MAC and time stay. Entries
// of recipients that stay are kept byte for byte, so that a diff shows what changed. Keys of other types than
// age stay.
base::Result<std::string> with_recipients(std::string_view file, age::RecipientList recipients,
                                          age::IdentityList identities);

// The same value under a new data key: what makes a removed recipient's old data key useless for later
// versions.
base::Result<std::string> with_new_data_key(std::string_view file, age::RecipientList recipients,
                                            age::IdentityList identities);

}  // namespace vmcred::sops
