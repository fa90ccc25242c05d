// SPDX-License-Identifier: Apache-2.0
// The age backend's files: where they are, and the lists of recipients beside them. An age file hides whom it
// is for, so such a list is the only record.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "store/transaction.h"
#include "store/var.h"

namespace vmcred::store {

inline constexpr std::string_view k_age_vars = "secrets/clan-vars";
inline constexpr std::string_view k_age_machines = "secrets/age-keys/machines";

std::string age_folder(const VarId& var);         // "secrets/clan-vars/shared/ca/key"
std::string age_file(const VarId& var);           // "secrets/clan-vars/shared/ca/key/key.age"
std::string previous_age_file(const VarId& var);  // "secrets/clan-vars/shared/ca/key/.previous.age"
std::string recipients_file(std::string_view age_file);

std::string machine_public_file(std::string_view machine);   // "secrets/age-keys/machines/web/pub"
std::string machine_private_file(std::string_view machine);  // "secrets/age-keys/machines/web/key.age"

// "" where the machine has no key.
base::Result<std::string> machine_recipient(const View& view, std::string_view machine);

// The lines of the list beside a file, sorted; none where there is no list.
base::Result<std::vector<std::string>> listed_recipients(const View& view, std::string_view age_file);

// An armored file.
base::Result<std::string> seal(crypto::Bytes plaintext, const std::vector<std::string>& recipients);

// Is a list of recipients kept beside this secret? Not where it is for one machine, for good.
bool needs_list(const VarId& var, const Audience& audience);

// The error for a secret that would be for nobody.
base::Error no_recipients(const VarId& var, const Audience& audience);

// Stages a file, and the list beside it; no recipients: without a list.
base::Result<void> stage_sealed(Transaction& transaction, const std::string& age_file, std::string_view text,
                                const std::vector<std::string>& listed);

// Stages the removal of a file and of the list beside it, where they are.
base::Result<void> remove_sealed(Transaction& transaction, const std::string& age_file);

}  // namespace vmcred::store
