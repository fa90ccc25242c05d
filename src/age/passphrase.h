// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace vmcred::age {

// The type of the stanza that a passphrase opens. It must be the only one of its header: a file that a
// passphrase opens is by someone who knows it.
inline constexpr std::string_view k_passphrase_stanza_type = "scrypt";

}  // namespace vmcred::age
