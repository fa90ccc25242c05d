// SPDX-License-Identifier: Apache-2.0
// What the host's interfaces for a VM take, as lines for `ip -batch` (iproute2's ip(8), tuntap and link).
#pragma once

#include <sys/types.h>
#include <string>
#include <string_view>

#include "config/hardware.h"

namespace vmcred::network {

// What says of an interface that it was made for this VM: its alias. Only who may change the network sets
// one.
std::string mark_of(std::string_view vm);

// Makes the interface, for the VM's user alone, marks it as the VM's, and turns it on. A tap with more than
// one queue is another kind of tap.
std::string up_commands(const config::Interface& interface, std::string_view vm, unsigned queues,
                        uid_t owner);

std::string down_commands(std::string_view interface);

}  // namespace vmcred::network
