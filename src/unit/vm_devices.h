// SPDX-License-Identifier: Apache-2.0
// What a VM's unit lets its hypervisor reach: devices and networks, and only where the config asks for them.
#pragma once

#include "config/model.h"
#include "systemd/unit_text.h"

namespace vmcred::unit {

// The config has no network interfaces of its own yet; people add them with `extra_args`.
enum class Network {
  none,
  host,  // through sockets of the host: -netdev user
  tap,   // through an interface of the host: -netdev tap
};
Network network_of(const config::VirtualMachine& vm);

// DevicePolicy=, DeviceAllow=, SupplementaryGroups=, PrivateNetwork= and RestrictAddressFamilies=.
void add_devices(const config::VirtualMachine& vm, systemd::UnitText& text);

}  // namespace vmcred::unit
