// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/commands.h"

#include <array>

#include "cli/open_config.h"
#include "cli/vars/prompt_source.h"
#include "cli/vars/session.h"

namespace vmcred::cli {
namespace {

using command::Command;
using command::Option;

constexpr Option k_json{"--json", "", "print JSON"};
constexpr Option k_dry_run{"--dry-run", "", "tell what would change, and change nothing", "-n"};
constexpr Option k_generator{"--generator", "NAME", "only this generator; may be given again", "-g"};

constexpr std::array k_generate_options{
    k_config_option,
    k_identity_option,
    Option{"--generator", "NAME",
           "only this generator, and anew, with all that depends on it; may be given again", "-g"},
    Option{"--regenerate", "", "all values anew; prompts are asked again", "-r"},
    k_answers_option,
    k_dry_run,
    k_json,
};
constexpr std::array k_list_options{k_config_option, k_identity_option, k_json};
constexpr std::array k_get_options{
    k_config_option,
    k_identity_option,
    Option{"--json", "", "print JSON, with the value in base64"},
};
constexpr std::array k_set_options{k_config_option, k_identity_option, k_dry_run, k_json};
constexpr std::array k_check_options{k_config_option, k_identity_option, k_generator, k_json};
constexpr std::array k_fix_options{
    k_config_option,
    k_identity_option,
    Option{"--rotate-data-key", "", "a new data key for each secret that somebody may no longer read"},
    Option{"--rotate-values", "", "new values for these, too: whoever read the old ones knows them"},
    k_answers_option,
    k_dry_run,
    k_json,
};
constexpr std::array k_rotate_options{
    k_config_option,
    k_identity_option,
    Option{"--rollback", "", "take back the values from before the last change, of each generator its own"},
    Option{"--restart", "", "restart what uses them, where it runs under systemd"},
    k_answers_option,
    k_dry_run,
    k_json,
};
constexpr std::array k_prune_options{k_config_option, k_identity_option, k_dry_run, k_json};
constexpr std::array k_export_options{
    k_config_option,
    k_identity_option,
    Option{"--allow-disk", "", "although FOLDER is on a disk, which keeps what was once written"},
    Option{"--dry-run", "", "list the files that would be written, and write none", "-n"},
    k_json,
};
constexpr std::array k_import_options{k_config_option, k_identity_option, k_dry_run, k_json};

constexpr std::array k_encrypt_for_host_options{
    k_config_option,
    k_identity_option,
    Option{"--with-key", "KEY", "as systemd-creds takes it: host, tpm2, host+tpm2 (default: its choice)"},
    k_dry_run,
    k_json,
};

constexpr std::array k_vars_commands{
    Command{"vars generate", "[VM...]", "Make the secrets that are not there yet, for all VMs or these",
            k_generate_options, run_vars_generate},
    Command{"vars list", "[VM...]", "List the vars of the config and whether they are there", k_list_options,
            run_vars_list},
    Command{"vars get", "VM VAR", "Print a var's value; VAR is GENERATOR/FILE", k_get_options, run_vars_get},
    Command{"vars set", "VM VAR", "Set a var to what is typed, or to the bytes of standard input",
            k_set_options, run_vars_set},
    Command{"vars check", "[VM...]", "Check that all vars are there and only for those who should read them",
            k_check_options, run_vars_check},
    Command{"vars fix", "[VM...]", "Encrypt each secret for exactly those who should read it", k_fix_options,
            run_vars_fix},
    Command{"vars rotate", "VM [SECRET]", "Make a VM's secrets anew; the old values stay for one way back",
            k_rotate_options, run_vars_rotate},
    Command{"vars encrypt-for-host", "[VM...]",
            "Encrypt a VM's secrets with this host's key, for units to load without the store",
            k_encrypt_for_host_options, run_vars_encrypt_for_host},
    Command{"vars prune", "", "Remove from the store what nothing declares", k_prune_options, run_vars_prune},
    Command{"vars export", "FOLDER", "Write all vars in plaintext into a new folder in memory",
            k_export_options, run_vars_export},
    Command{"vars import", "FOLDER", "Take the vars of such a folder into the store", k_import_options,
            run_vars_import},
};

constexpr std::array k_keygen_options{
    k_config_option,
    Option{"--user", "NAME", "the name under which the store knows you (default: your login name)"},
    Option{"--force", "", "replace the keys of a user of this name"},
};
constexpr std::array k_member_options{k_config_option, k_identity_option, k_dry_run};
constexpr std::array k_add_options{
    k_config_option,
    k_identity_option,
    Option{"--force", "", "replace the keys that it has"},
    k_dry_run,
};
constexpr std::array k_members_options{k_config_option, k_json};

constexpr std::array k_recipient_commands{
    Command{"vars keygen", "", "Make a key of your own, and yourself an admin of the store", k_keygen_options,
            run_vars_keygen},
    Command{"vars users list", "", "List the admins and their keys", k_members_options, run_users_list},
    Command{"vars users add", "NAME KEY...", "Add an admin, who can read every secret from now on",
            k_add_options, run_users_add},
    Command{"vars users remove", "NAME", "Remove an admin from the store and from every secret",
            k_member_options, run_users_remove},
    Command{"vars users add-key", "NAME KEY...", "Add keys to an admin", k_member_options, run_users_add_key},
    Command{"vars users remove-key", "NAME KEY...", "Remove keys from an admin", k_member_options,
            run_users_remove_key},
    Command{"vars machines list", "", "List the machines and their keys", k_members_options,
            run_machines_list},
    Command{"vars machines add", "NAME KEY", "Add a machine by a key of its own", k_add_options,
            run_machines_add},
    Command{"vars machines remove", "NAME", "Remove a machine from the store and from every secret",
            k_member_options, run_machines_remove},
    Command{"vars groups list", "", "List the groups and who is in them", k_members_options, run_groups_list},
    Command{"vars groups add-user", "GROUP USER", "Let an admin read what a group may read", k_member_options,
            run_groups_add_user},
    Command{"vars groups remove-user", "GROUP USER", "Take an admin out of a group", k_member_options,
            run_groups_remove_user},
    Command{"vars groups add-machine", "GROUP MACHINE", "Let a machine read what a group may read",
            k_member_options, run_groups_add_machine},
    Command{"vars groups remove-machine", "GROUP MACHINE", "Take a machine out of a group", k_member_options,
            run_groups_remove_machine},
};

}  // namespace

std::span<const Command> vars_commands() { return k_vars_commands; }

std::span<const Command> recipient_commands() { return k_recipient_commands; }

}  // namespace vmcred::cli
