// SPDX-License-Identifier: Apache-2.0
// The same work for many things, on all cores.
#pragma once

#include <cstddef>
#include <functional>

#include "base/result.h"

namespace vmcred::store {

// Calls work(0) … work(count - 1), several at once, and waits for all. The error is that of the smallest
// index whose work failed; after a failure no further work is begun.
base::Result<void> in_parallel(std::size_t count, const std::function<base::Result<void>(std::size_t)>& work);

}  // namespace vmcred::store
