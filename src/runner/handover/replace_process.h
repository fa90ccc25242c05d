// SPDX-License-Identifier: Apache-2.0
// How this process becomes another program that must see nothing of our environment: it may hold secrets of
// others, and environ is readable to the same user for as long as the program runs.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"

namespace vmcred::runner {

// PATH as we have it, and a language without surprises.
std::vector<std::string> clean_environment();

// Returns only on failure. `words` begins with the name that the program sees as its own.
base::Error replace_process(const std::string& program, std::vector<std::string> words,
                            std::vector<std::string> environment);

}  // namespace vmcred::runner
