// SPDX-License-Identifier: Apache-2.0
// Paths as text; nothing here looks at the disk.
#pragma once

#include <string>
#include <string_view>

namespace vmcred::config {

// The directory of a file, "" when its path has none: what stands next to "vmcred.toml" has no prefix either.
std::string_view directory_of(std::string_view path);

// `path`, taken from `directory` unless it is absolute, without ".", ".." and doubled slashes where the text
// alone allows it: anchored("/etc/vmcred", "../guest//vmlinuz") is "/etc/guest/vmlinuz".
std::string anchored(std::string_view directory, std::string_view path);

}  // namespace vmcred::config
