// SPDX-License-Identifier: Apache-2.0
// The code over all of a document's values: SHA-512 of their canonical bytes in document order, as 128
// upper-case hex digits, encrypted as a string whose associated data is the time of the last change. It tells
// missing, added and reordered values, which are each authentic.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "secret/buffer.h"
#include "sops/document.h"
#include "sops/rules.h"
#include "sops/value.h"

namespace vmcred::sops {

// The digits. Leaves must be plain or decrypted.
base::Result<secret::SecretBuffer> compute_mac(const std::vector<Map>& trees, const RuleMatcher& rule,
                                               bool only_encrypted);

// For the metadata's field "mac".
base::Result<std::string> encrypt_mac(const Document& document, const RuleMatcher& rule, ValueCipher& cipher);

// Fails with `mac_mismatch`, also where there is no MAC.
base::Result<void> check_mac(const Document& document, const RuleMatcher& rule, ValueCipher& cipher);

}  // namespace vmcred::sops
