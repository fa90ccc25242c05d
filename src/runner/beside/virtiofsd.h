// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/model.h"
#include "runner/beside/companion.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// Where virtiofsd is: on $PATH, or where distributions put it. A host error where there is none, and where
// there is only the old one that was part of QEMU, which needs root.
base::Result<std::string> find_virtiofsd();

// Starts one for each of the VM's virtiofs shares, if its hypervisor wants that, and watches it
// (helper_program.h).
base::Result<std::vector<Attendant>> start_virtiofsd(const config::VirtualMachine& vm,
                                                     const std::string& runtime_directory,
                                                     const std::optional<Identity>& identity);

}  // namespace vmcred::runner
