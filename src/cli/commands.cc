// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <array>

#include "cli/age/commands.h"
#include "cli/open_config.h"
#include "cli/shim/commands.h"
#include "cli/sops/commands.h"
#include "cli/unit/commands.h"
#include "cli/vars/commands.h"
#include "cli/vm/commands.h"
#include "cli/vmm/commands.h"

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr Option k_json{"--json", "", "print JSON"};

constexpr std::array k_config_options{k_config_option};
constexpr std::array k_decode_options{
    Option{"--file", "FILE", "a table as in /sys/firmware/dmi/tables/DMI (default: this machine's)"},
    k_json,
};

constexpr std::array k_config_commands{
    Command{"config check", "", "Check the config and everything it asks for", k_config_options,
            run_config_check},
    Command{"config keys", "", "List the keys that a config may have", {}, run_config_keys},
};

constexpr std::array k_smbios_commands{
    Command{"smbios decode", "", "List the credentials in an SMBIOS table, by name and size",
            k_decode_options, run_smbios_decode},
};

constexpr std::array k_completion_commands{
    Command{"completion",
            "SHELL",
            "Print the script that completes command lines in bash, zsh or fish",
            {},
            run_completion},
    Command{"complete",
            "[WORD...]",
            "List what may come next after these words; the scripts call it",
            {},
            run_complete},
};

}  // namespace

const command::Program& program() {
  static const std::array groups{
      command::Group{.title = "Virtual machines", .commands = vm_commands()},
      command::Group{.title = "VMs of other runners", .commands = shim_commands()},
      command::Group{.title = "Secrets", .commands = vars_commands()},
      command::Group{.title = "Who may read them", .commands = recipient_commands()},
      command::Group{.title = "The config", .commands = k_config_commands},
      command::Group{.title = "Hypervisors", .commands = vmm_commands()},
      command::Group{.title = "systemd units", .commands = unit_commands()},
      command::Group{.title = "age files", .commands = age_commands()},
      command::Group{.title = "SOPS files", .commands = sops_commands()},
      command::Group{.title = "SMBIOS tables", .commands = k_smbios_commands},
      command::Group{.title = "Shells", .commands = k_completion_commands},
  };
  static const command::Program program{
      .name = k_program_name,
      .summary = "Hands a host's secrets to microVM guests as systemd credentials.",
      .groups = groups,
  };
  return program;
}

}  // namespace vmcred::cli
