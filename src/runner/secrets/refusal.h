// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vmcred::runner {

// Why the provider last refused a secret to the unit of this VM, one line that names no value; "" where it
// did not, or where no provider runs. `directory` is where it keeps its reasons, see docs/provider.md.
std::string last_refusal(const std::string& vm, const std::string& directory = "/run/vmcred-provider");

}  // namespace vmcred::runner
