// SPDX-License-Identifier: Apache-2.0
// Folders below the root, by descriptor and never through a link: what is written stays in the repository,
// whatever others do meanwhile. Paths have passed check_path(), or are "" for the root itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::store {

// Nothing where the folder, or one above it, is absent. A link or a file in the way is a `refused` error.
base::Result<std::optional<base::UniqueFd>> open_folder(int root, std::string_view path);

// The deepest folder on the way to `path` that there is: the root itself, at least.
base::Result<base::UniqueFd> open_deepest_folder(int root, std::string_view path);

// As open_folder(), but makes what is absent.
base::Result<base::UniqueFd> make_folder(int root, std::string_view path);

// Removes a folder with all that is in it, following no link. Absence is fine.
base::Result<void> remove_folder(int parent, const std::string& name);

}  // namespace vmcred::store
