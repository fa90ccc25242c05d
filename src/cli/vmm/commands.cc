// SPDX-License-Identifier: Apache-2.0
#include "cli/vmm/commands.h"

#include <array>

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr std::array k_options{Option{"--json", "", "print JSON"}};

constexpr std::array k_vmm_commands{
    Command{"vmm list", "", "List what each hypervisor can do, and how credentials reach its guests",
            k_options, run_vmm_list},
};

}  // namespace

std::span<const Command> vmm_commands() { return k_vmm_commands; }

}  // namespace vmcred::cli
