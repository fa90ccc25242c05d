// SPDX-License-Identifier: Apache-2.0
// Times as SOPS files have them: RFC 3339, "2026-01-02T03:04:05Z".
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace vmcred::sops {

// Is this an RFC 3339 time?
bool is_time(std::string_view text);

// The time as the sops program reads and writes it again: without fractions of a second, "Z" for no offset.
// Nothing where it is no time.
std::optional<std::string> normal_time(std::string_view text);

}  // namespace vmcred::sops
