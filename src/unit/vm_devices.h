// SPDX-License-Identifier: Apache-2.0
// What a VM's unit lets its hypervisor reach: devices and networks, and only where the config asks for them.
#pragma once

#include "config/model.h"
#include "systemd/unit_text.h"

namespace vmcred::unit {

// The widest that any of the VM's interfaces needs, also of those that QEMU's options in `extra_args` add.
enum class Network {
  none,
  host,  // through sockets of the host: interfaces of type user
  tap,   // through an interface of the host
};
Network network_of(const config::VirtualMachine& vm);

// Is one of its interfaces the host's by a device that only a kernel module gives its number?
bool has_macvtap(const config::VirtualMachine& vm);

// DevicePolicy=, DeviceAllow=, SupplementaryGroups=, PrivateNetwork= and RestrictAddressFamilies=.
void add_devices(const config::VirtualMachine& vm, systemd::UnitText& text);

}  // namespace vmcred::unit
