// SPDX-License-Identifier: Apache-2.0
// Paths below the root of a repository, as texts.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::store {

inline constexpr std::string_view k_journal_folder = ".vmcred-journal";

// Relative, without empty parts, ".", "..", control characters; not into git's own folder, nor the journal's.
// A `refused` error otherwise.
base::Result<void> check_path(std::string_view path);

// "a/b" of "a/b/c", "" of "a".
std::string_view folder_of(std::string_view path);

// "c" of "a/b/c".
std::string_view name_of(std::string_view path);

// "a/b" of "a" and "b", "b" of "" and "b".
std::string path_in(std::string_view folder, std::string_view name);

// The target of a link at `from` that leads to `to`, both below the same root, by the shortest way:
// "../../users/x" at "sops/groups/g/x" for "sops/users/x".
std::string relative_target(std::string_view from, std::string_view to);

}  // namespace vmcred::store
