// SPDX-License-Identifier: Apache-2.0
// The parts of QEMU's command line, each for one kind of device. Only qemu.cc puts them together.
#pragma once

#include <string>
#include <string_view>

#include "vmm/plan_builder.h"

namespace vmcred::vmm {

// QEMU splits option values at commas; a doubled one stands for itself.
std::string option_value(std::string_view text);

// The machine without PCI has its virtio devices on a bus of their own.
std::string virtio_device(const config::VirtualMachine& vm, std::string_view kind);

// "socket,id=ID,path=…", where QEMU listens or, without `server`, connects.
std::string qemu_socket(const PlanBuilder& plan, std::string_view id, std::string_view name, bool server);

void add_qemu_volumes(PlanBuilder& plan);
void add_qemu_shares(PlanBuilder& plan);
void add_qemu_interfaces(PlanBuilder& plan);
void add_qemu_balloon(PlanBuilder& plan);
void add_qemu_hotplug(PlanBuilder& plan);
void add_qemu_host_devices(PlanBuilder& plan);
void add_qemu_screen(PlanBuilder& plan);

}  // namespace vmcred::vmm
