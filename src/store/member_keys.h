// SPDX-License-Identifier: Apache-2.0
// Public keys as people type them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/key_json.h"

namespace vmcred::store {

// age recipients or SSH public keys; at least one. A private key that was given by mistake is refused, and
// not quoted.
base::Result<std::vector<PublicKey>> parse_member_keys(const std::vector<std::string>& keys);

// Whatever the order, and SSH keys' comments.
bool same_keys(const std::vector<PublicKey>& a, const std::vector<PublicKey>& b);
bool same_key(std::string_view a, std::string_view b);

}  // namespace vmcred::store
