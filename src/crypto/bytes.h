// SPDX-License-Identifier: Apache-2.0
// The two views through which all of this room takes and gives bytes. Keys and plaintexts behind them belong
// to a SecretBuffer of the caller.
#pragma once

#include <cstddef>
#include <span>

namespace vmcred::crypto {

using Bytes = std::span<const std::byte>;
using WritableBytes = std::span<std::byte>;

}  // namespace vmcred::crypto
