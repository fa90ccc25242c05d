// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "command/arguments.h"
#include "config/load.h"
#include "config/model.h"

namespace vmcred::cli {

inline constexpr command::Option k_config_option{
    "--config", "FILE", "the config (default: $VMCRED_CONFIG, ./vmcred.toml, /etc/vmcred/vmcred.toml)"};

// The config that --config, the environment or the usual places name; see config::find_config().
base::Result<config::Config> open_config(const command::Arguments& arguments);

// The same for a command on all VMs that are well.
base::Result<config::UnitConfig> open_unit_config(const command::Arguments& arguments);

// The same for a command on one VM, which goes on where only others are broken.
base::Result<config::Config> open_config_for(const command::Arguments& arguments, const std::string& vm);

}  // namespace vmcred::cli
