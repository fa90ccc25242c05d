// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"

namespace vmcred::network {

// Gives up all that root may but for two things, for good and for every program that this process starts:
// changing the network, and giving a device to another user.
base::Result<void> keep_network_privileges_only();

}  // namespace vmcred::network
