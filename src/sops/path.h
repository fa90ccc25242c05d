// SPDX-License-Identifier: Apache-2.0
// A place in a tree: ["key"]["other key"][0].
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "sops/tree.h"

namespace vmcred::sops {

using PathStep = std::variant<std::string, std::size_t>;
using Path = std::vector<PathStep>;

// At least one step. A key is in double or single quotes and ends where the quote and ']' follow; there is no
// escape. Fails with `bad_extract_path`, also for more steps than a document is deep.
base::Result<Path> parse_path(std::string_view text);

// The path as parse_path() takes it.
std::string path_text(const Path& path);

// What is there. Comments don't count as items. Fails with `bad_extract_path`.
base::Result<const Node*> node_at(const Map& tree, const Path& path);

// Puts a value there: in place of what is there, behind the last entry or item where nothing is; maps and
// lists that are missing on the way are made. True where the tree says something else now. Fails with
// `bad_set_value` where the way leads through a value that has no such parts, or the tree would be deeper
// than readers allow; then the tree is as it was.
base::Result<bool> set_at(Map& tree, const Path& path, Node value);

// Takes out what is there. Comments stay. Fails with `generic` where nothing is.
base::Result<void> remove_at(Map& tree, const Path& path);

}  // namespace vmcred::sops
