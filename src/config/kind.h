// SPDX-License-Identifier: Apache-2.0
// What the built-in kinds of generated files have in common.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "config/model.h"

namespace vmcred::config {

inline constexpr std::size_t k_most_random_bytes = 65536;

// Is it written with a size, like "base64:32"?
bool has_size(FileKind::Type type);

// Does it follow from another file of the same generator?
bool is_derived(FileKind::Type type);

// May it follow from a file of this kind? Nothing stands for a file that a script or a person makes.
bool follows_from(FileKind::Type derived, std::optional<FileKind::Type> source);

// "base64:32"
std::string kind_text(const FileKind& kind);

// The number behind the colon: 1 to k_most_random_bytes, without leading zeros.
std::optional<std::size_t> parse_random_size(std::string_view digits);

// The file of this name, or nullptr.
const GeneratorFile* find_file(const Generator& generator, std::string_view name);

}  // namespace vmcred::config
