// SPDX-License-Identifier: Apache-2.0
// What a VM's unit lets its hypervisor use of the host's files: the images of its volumes, the directories of
// its shares.
#pragma once

#include <string>
#include <vector>

#include "config/model.h"
#include "systemd/unit_text.h"

namespace vmcred::unit {

// Block devices are not among them.
struct Storage {
  std::vector<std::string> read;
  std::vector<std::string> written;  // of an image that may yet be made, the directory that it will be in
};
Storage storage_of(const config::VirtualMachine& vm);

// ReadWritePaths= for what it writes.
void add_storage(const Storage& storage, systemd::UnitText& text);

}  // namespace vmcred::unit
