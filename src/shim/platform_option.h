// SPDX-License-Identifier: Apache-2.0
// Texts of cloud-hypervisor's `key=value,key=[value,value]` options, split as it splits them: at commas
// outside of brackets and double quotes; quotes stay where they are. Source: cloud-hypervisor's
// option_parser/src/lib.rs.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace vmcred::shim {

// Nothing where brackets or quotes don't match, which cloud-hypervisor refuses as well.
std::optional<std::vector<std::string_view>> split_at_commas(std::string_view text);

// The strings of "[a,b]".
std::optional<std::vector<std::string_view>> split_list(std::string_view text);

}  // namespace vmcred::shim
