// SPDX-License-Identifier: Apache-2.0
// What the host's interfaces for a VM take, as lines for `ip -batch` (iproute2's ip(8), tuntap and link).
#pragma once

#include <sys/types.h>
#include <string>

#include "config/hardware.h"

namespace vmcred::network {

// Makes the interface, for the VM's user alone, and turns it on. A tap with more than one queue is another
// kind of tap.
std::string up_commands(const config::Interface& interface, unsigned queues, uid_t owner);

std::string down_commands(const config::Interface& interface);

}  // namespace vmcred::network
