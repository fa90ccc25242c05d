// SPDX-License-Identifier: Apache-2.0
#include "cli/shim/commands.h"

#include <array>

namespace vmcred::cli {
namespace {

using command::Option;

constexpr std::array k_options{
    Option{"--program", "PATH", "the hypervisor (default: $VMCRED_SHIM_PROGRAM, or its usual name on $PATH)"},
    Option{"--process-name", "NAME", "what it is called in the list of processes"},
    Option{"--transport", "NAME", "'initrd': not by QEMU's SMBIOS or fw_cfg (default: 'auto')"},
    Option{"--allow-empty", "NAME", "this file of the credentials directory may be empty"},
    Option{"--allow-no-credentials", "", "start although the unit has no credentials"},
    Option{"--allow-swap", "", "start although the host may swap the hypervisor's memory out"},
    Option{"--dry-run", "", "print what would be started, with sizes in place of values"},
    Option{"--quiet", "", "print nothing but errors"},
};

constexpr std::array k_commands{
    command::Command{"shim", "VMM [ARG...]",
                     "Become a hypervisor, with the unit's credentials; its own arguments go after --",
                     k_options, run_shim},
};

}  // namespace

std::span<const command::Command> shim_commands() { return k_commands; }

}  // namespace vmcred::cli
