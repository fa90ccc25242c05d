// SPDX-License-Identifier: Apache-2.0
// key.json: the public keys of a user or machine. Written as clan does; read in its older form as well.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sops/binary.h"

namespace vmcred::store {

using PublicKey = sops::KeyReference;

// An array of {"publickey", "type"}, or one such object. Sorted, without duplicates. `subject` names it in
// errors.
base::Result<std::vector<PublicKey>> parse_key_json(std::string_view text, std::string_view subject);

// Sorted by key, indented by 2, without a newline at the end.
std::string key_json(std::vector<PublicKey> keys);

// An age recipient or SSH public key as key.json holds it: without an SSH key's comment.
std::string without_comment(std::string_view recipient);

}  // namespace vmcred::store
