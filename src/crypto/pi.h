// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace vmcred::crypto {

// The first bits of pi after the binary point, in words of 32: 0x243f6a88, 0x85a308d3, … Blowfish begins with
// them; computing them is shorter than a table, and nobody has to check one.
std::vector<std::uint32_t> fraction_of_pi(std::size_t words);

}  // namespace vmcred::crypto
