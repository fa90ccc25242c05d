// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/commands.h"

#include <array>

#include "cli/open_config.h"
#include "cli/vars/session.h"

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
    Option{"--timeout", "SECONDS",
           "how long the guest may take to shut down (default: 90); 0 ends the hypervisor at once"},
};

constexpr std::array k_logs_options{
    Option{"--follow", "", "go on printing what comes", "-f"},
    Option{"--lines", "N", "only the last N lines", "-n"},
    Option{"--since", "TIME", "only from then on, as journalctl takes it"},
};

constexpr std::array k_show_options{
    k_config_option,
    Option{"--booted", "", "what runs, or ran last, and not what the config says now"},
    Option{"--previous", "", "the last launch before that one that was another"},
    k_json,
};
constexpr std::array k_restart_options{
    k_config_option,
    Option{"--outdated", "",
           "only where it runs with something that has changed; without a name, of all VMs"},
};
constexpr std::array k_rollback_options{
    k_config_option,
    k_identity_option,
    Option{"--keep-secrets", "", "go back to the config of then with the secrets of now"},
    Option{"--dry-run", "", "only tell"},
};
constexpr std::array k_network_options{
    k_config_option,
    Option{"--up", "", "make the interfaces, for the VM's user alone"},
    Option{"--down", "", "remove them"},
};

constexpr std::array k_commands{
    Command{"vm list", "", "List the VMs of the config", k_list_options, run_vm_list},
    Command{"vm show", "VM", "Show a VM's secrets and their names on the way to the guest", k_show_options,
            run_vm_show},
    Command{"vm start", "VM", "Start a VM's unit, and wait until its guest is ready", k_config_options,
            run_vm_start},
    Command{"vm restart", "[VM...]", "Restart a VM's unit: its secrets are read again", k_restart_options,
            run_vm_restart},
    Command{"vm rollback", "VM", "Go back to the last launch that came up and was another",
            k_rollback_options, run_vm_rollback},
    Command{"vm record", "VM", "Note what a VM was started with; its unit does so", k_config_options,
            run_vm_record},
    Command{"vm network", "VM", "Make or remove a VM's interfaces on this host; its unit does so",
            k_network_options, run_vm_network},
    Command{"vm status", "[VM...]", "Show what runs, what it needs, and what is wrong with it",
            k_list_options, run_vm_status},
    Command{"vm logs", "VM", "Print a VM's journal: its unit's, systemd's and the provider's lines on it",
            k_logs_options, run_vm_logs},
    Command{"vm run", "VM", "Start a VM with its credentials; this process becomes the hypervisor",
            k_run_options, run_vm_run},
    Command{"vm stop", "VM", "Shut a VM's guest down, and end its hypervisor if that takes too long",
            k_stop_options, run_vm_stop},
    Command{"vm console", "VM", "Use the guest's terminal hvc0; ^] leaves it", k_config_options,
            run_vm_console},
    Command{"vm connect", "VM PORT",
            "Connect standard input and output to a port of the guest's virtio socket", k_config_options,
            run_vm_connect},
    Command{"vm ssh", "VM [ARG...]",
            "Run ssh to the guest over its virtio socket, with ssh's own options after --", k_config_options,
            run_vm_ssh},
};

}  // namespace

std::span<const command::Command> vm_commands() { return k_commands; }

}  // namespace vmcred::cli
