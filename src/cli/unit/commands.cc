// SPDX-License-Identifier: Apache-2.0
#include "cli/unit/commands.h"

#include <array>

#include "cli/open_config.h"

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr std::array k_options{k_config_option, Option{"--json", "", "print JSON"}};
constexpr std::array k_explain_options{k_config_option};

constexpr std::array k_unit_commands{
    Command{"unit list", "", "List the units of systemd that the config makes, and what is broken", k_options,
            run_unit_list},
    Command{"unit show", "NAME", "Print the units of a VM, or one unit, and from which key each line comes",
            k_options, run_unit_show},
    Command{"unit explain", "VM", "Tell why a VM's unit does not start it; such a unit calls this",
            k_explain_options, run_unit_explain},
};

}  // namespace

std::span<const Command> unit_commands() { return k_unit_commands; }

}  // namespace vmcred::cli
