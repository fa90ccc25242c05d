// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"

#include <array>

#include "cli/age/commands.h"
#include "cli/open_config.h"
#include "cli/sops/commands.h"
#include "cli/vars/commands.h"

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr Option k_json{"--json", "", "print JSON"};

constexpr std::array k_config_options{k_config_option};
constexpr std::array k_list_options{k_config_option, k_json};
constexpr std::array k_run_options{
    k_config_option,
    Option{"--dry-run", "", "print what would be started, with sizes in place of values"},
    Option{"--json", "", "with --dry-run: print JSON"},
    Option{"--quiet", "", "print nothing but errors"},
};
constexpr std::array k_stop_options{
    k_config_option,
    Option{"--timeout", "SECONDS", "how long the guest may take to shut down (default: 90)"},
};
constexpr std::array k_decode_options{
    Option{"--file", "FILE", "a table as in /sys/firmware/dmi/tables/DMI (default: this machine's)"},
    k_json,
};

constexpr std::array k_vm_commands{
    Command{"vm list", "", "List the VMs of the config", k_list_options, run_vm_list},
    Command{"vm show", "VM", "Show a VM's secrets and their names on the way to the guest", k_list_options,
            run_vm_show},
    Command{"vm run", "VM", "Start a VM with its credentials; this process becomes the hypervisor",
            k_run_options, run_vm_run},
    Command{"vm stop", "VM", "Shut a VM's guest down, and end its hypervisor if that takes too long",
            k_stop_options, run_vm_stop},
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

}  // namespace

const command::Program& program() {
  static const std::array groups{
      command::Group{.title = "Virtual machines", .commands = k_vm_commands},
      command::Group{.title = "Secrets", .commands = vars_commands()},
      command::Group{.title = "Who may read them", .commands = recipient_commands()},
      command::Group{.title = "The config", .commands = k_config_commands},
      command::Group{.title = "age files", .commands = age_commands()},
      command::Group{.title = "SOPS files", .commands = sops_commands()},
      command::Group{.title = "SMBIOS tables", .commands = k_smbios_commands},
  };
  static const command::Program program{
      .name = k_program_name,
      .summary = "Hands a host's secrets to microVM guests as systemd credentials.",
      .groups = groups,
  };
  return program;
}

}  // namespace vmcred::cli
