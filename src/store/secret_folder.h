// SPDX-License-Identifier: Apache-2.0
// A folder of the sops backend that holds one secret: "secret", its previous version, and the links that say
// who should read both. docs/formats/store.md describes it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/members.h"
#include "store/transaction.h"

namespace vmcred::store {

// File names in a var's folder.
inline constexpr std::string_view k_secret = "secret";
inline constexpr std::string_view k_value = "value";
inline constexpr std::string_view k_previous_secret = ".previous-secret";
inline constexpr std::string_view k_previous_value = ".previous-value";

// Stages the difference; links that are in neither, such as dangling ones, stay as they are.
base::Result<void> stage_links(Transaction& transaction, const std::string& folder, const Links& before,
                               const Links& after);

// All folders that hold a secret, sorted: those of vars, and those below "sops/secrets". `vars`: the vars
// folder's name.
base::Result<std::vector<std::string>> secret_folders(const View& view, const std::string& vars);

// "sops/secrets/web-age.key".
std::string machine_key_folder(std::string_view machine);

}  // namespace vmcred::store
