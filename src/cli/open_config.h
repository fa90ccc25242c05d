// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "command/arguments.h"
#include "config/model.h"

namespace vmcred::cli {

inline constexpr command::Option k_config_option{
    "--config", "FILE", "the config (default: $VMCRED_CONFIG, ./vmcred.toml, /etc/vmcred/vmcred.toml)"};

// The config that --config, the environment or the usual places name; see config::find_config().
base::Result<config::Config> open_config(const command::Arguments& arguments);

}  // namespace vmcred::cli
