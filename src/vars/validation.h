// SPDX-License-Identifier: Apache-2.0
// Which definition a generator's files were made for. docs/formats/vars.md has the form.
#pragma once

#include <optional>
#include <string>

#include "config/model.h"

namespace vmcred::vars {

// 64 hex digits, equal to clan's for the same `validation`; nothing where there is nothing to validate.
std::optional<std::string> validation_hash(const config::Generator& generator);

}  // namespace vmcred::vars
