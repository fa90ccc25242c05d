// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vmcred::base {

// Now, in UTC, to the second, as RFC 3339 has it: "2026-01-02T03:04:05Z".
std::string utc_now();

}  // namespace vmcred::base
