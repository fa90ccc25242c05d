// SPDX-License-Identifier: Apache-2.0
// KVM or emulation: the decision, remembered until the next boot.
#pragma once

#include <string>

#include "base/result.h"
#include "config/model.h"

namespace vmcred::runner {

struct AcceleratorChoice {
  bool kvm;
  std::string note;  // one sentence for the log where nobody asked for what it is; else empty
};

// What the VM's `accelerator` says, and with "auto" what probe_kvm() finds. The finding is kept in
// `memory_directory`, owned by us and valid for this boot and kernel; where it can't be kept, each start
// probes anew. With "kvm" and no working KVM, a host error. Other hypervisors than QEMU can't emulate: they
// have KVM whatever its speed, and a note where that is bad.
base::Result<AcceleratorChoice> choose_accelerator(const config::VirtualMachine& vm,
                                                   const std::string& memory_directory);

// May the process as it is now, after it changed its user, read and write this device?
bool may_open(const char* device);

}  // namespace vmcred::runner
