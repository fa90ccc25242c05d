// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "guest/command.h"

namespace vmcred::guest {

// Runs what the words after the program's name ask for. Errors go to streams.error as "vmcred-guest: error:
// …" and "vmcred-guest: hint: …". Returns the exit code.
int run(std::span<const std::string_view> words, const Streams& streams);

}  // namespace vmcred::guest
