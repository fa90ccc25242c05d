// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "command/program.h"
#include "config/model.h"

namespace vmcred::cli {

// Has systemd start or restart (`verb`) a VM's unit, and waits until its guest is ready; then prints `done`.
// Fails with a `host` error where systemd has no unit of it, or one of another config than now, and with a
// `vmm` error that has the provider's reason where it did not come up.
base::Result<void> control_vm(std::string_view verb, std::string_view done, const config::Config& config,
                              const std::string& vm, const command::Streams& streams);

// Has systemd make its units anew from the config.
base::Result<void> reload_units();

}  // namespace vmcred::cli
