// SPDX-License-Identifier: Apache-2.0
// Plain files, the same in both backends: vars that are no secrets, and validation hashes.
#pragma once

#include "base/result.h"
#include "store/places.h"

namespace vmcred::store {

base::Result<secret::SecretBuffer> read_open_value(const View& view, const Places& places, const VarId& var);

// Keeps the old value as the previous one, or drops that. Nothing where the value is the same.
base::Result<void> stage_open_value(Transaction& transaction, const Places& places, const Value& value,
                                    bool keep_previous);

// Without a newline; no hash removes the file.
base::Result<void> stage_validation_hash(Transaction& transaction, const Places& places,
                                         const GeneratorId& generator,
                                         const std::optional<std::string>& hash);

// Exchanges the files at two paths; a `credential` error where one is absent.
base::Result<void> stage_exchange(Transaction& transaction, const VarId& var, const std::string& current,
                                  const std::string& previous);

}  // namespace vmcred::store
