// SPDX-License-Identifier: Apache-2.0
// The files of the host's that a VM uses as disks and directories.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"

namespace vmcred::unit {

// All of them: they must be mounted before it starts.
std::vector<std::string> storage_of(const config::VirtualMachine& vm);

// Those that it only reads.
std::vector<std::string> read_storage_of(const config::VirtualMachine& vm);

// Those that it writes, but for devices: its images or, where it makes them, their directories; its shares.
std::vector<std::string> written_storage_of(const config::VirtualMachine& vm);

// The devices that are its disks: those that it writes, or those that it only reads.
enum class DiskUse { read, written };
std::vector<std::string> disk_devices_of(const config::VirtualMachine& vm, DiskUse use);

}  // namespace vmcred::unit
