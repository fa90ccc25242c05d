// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace vmcred::secret {

// Fills with bytes from the kernel's generator, waiting for it to be seeded. Fails only where getrandom(2)
// does.
base::Result<void> fill_random(std::span<std::byte> bytes);

}  // namespace vmcred::secret
