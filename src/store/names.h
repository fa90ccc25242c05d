// SPDX-License-Identifier: Apache-2.0
// Which names may become parts of paths. Users, groups and secrets follow clan's rules; all others must only
// be a safe file name. Failures are `config` errors that quote the name.
#pragma once

#include <string_view>

#include "base/result.h"
#include "store/var.h"

namespace vmcred::store {

// One component of a path: not empty, no slash, no control character, no dot at its start, at most 255 bytes.
bool is_file_name(std::string_view name);

// `what` is for the error: "machine", "generator".
base::Result<void> check_file_name(std::string_view what, std::string_view name);

// [a-z_][a-z0-9_-]*, at most 32 characters. `what`: "user" or "group".
base::Result<void> check_user_name(std::string_view what, std::string_view name);

// All parts of the id.
base::Result<void> check_id(const GeneratorId& generator);
base::Result<void> check_id(const VarId& var);

}  // namespace vmcred::store
