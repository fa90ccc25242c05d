// SPDX-License-Identifier: Apache-2.0
// The hypervisor behind a wrapper that has its name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::cli {

// `given`, else $VMCRED_SHIM_PROGRAM, else the usual name on $PATH. Fails with a `host` error where it is not
// there, is this program, or has turned out to be a wrapper that called us again.
base::Result<std::string> find_real_program(const std::optional<std::string>& given,
                                            std::string_view usual_name);

// The hypervisor's environment, besides PATH and LANG: what it needs to find its user's home and screen, and
// the mark by which a wrapper that calls us again is found out.
std::vector<std::string> shim_environment();

// The mark alone, for a program that gets our environment.
void mark_environment();

}  // namespace vmcred::cli
