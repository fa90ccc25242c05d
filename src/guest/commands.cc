// SPDX-License-Identifier: Apache-2.0
#include "guest/commands.h"

#include <array>

namespace vmcred::guest {
namespace {

using command::Command;
using command::Option;

constexpr Option k_directory{
    "--directory", "DIR",
    "the credentials' directory (default: $CREDENTIALS_DIRECTORY, else what PID 1 got or was pulled)"};
constexpr Option k_json{"--json", "", "print JSON"};

constexpr std::array k_list_options{k_directory, k_json};
constexpr std::array k_cat_options{k_directory};
constexpr std::array k_verify_options{
    k_directory,
    k_json,
    Option{"--quiet", "", "print nothing but the error"},
};
constexpr std::array k_report_options{
    k_directory,
    Option{"--port", "NAME", "the virtio-serial port to write to (default: vmcred.report)"},
    Option{"--console", "", "write to /dev/console instead of a port"},
    Option{"--timeout", "SECONDS", "how long to wait for the port and the host (default: 30)"},
};
constexpr std::array k_notify_options{
    k_directory,
    Option{"--ready", "", "say that this guest is ready (default: where there is no --status)"},
    Option{"--status", "TEXT", "say what this guest does now, in one line"},
};
constexpr std::array k_import_options{
    Option{"--directory", "DIR", "where to put the credentials (default: /run/credentials/@system)"},
    Option{"--sysfs", "DIR", "where sysfs is mounted (default: /sys)"},
    Option{"--no-mount", "", "use DIR as it is; it must be on a tmpfs or ramfs"},
    Option{"--require", "", "fail if no credential arrived or one had to be skipped"},
    k_json,
};
constexpr std::array k_pull_options{
    Option{"--from", "SOURCE",
           "vsock:PORT, virtio-serial or mmds (default: what the kernel's vmcred.pull= says)"},
    Option{"--directory", "DIR", "where to put the credentials, in memory (default: /run/credstore)"},
    Option{"--mmds-address", "ADDRESS", "the metadata service's address (default: 169.254.169.254:80)"},
    Option{"--timeout", "SECONDS", "how long to try (default: 60)"},
};
constexpr std::array k_init_options{
    Option{"--root", "DIR", "where the initrd is unpacked, to try it there"},
};

constexpr std::array k_commands{
    Command{"list", "", "Show the names and sizes of the credentials", k_list_options, run_list},
    Command{"cat", "NAME", "Write the bytes of one credential to standard output", k_cat_options, run_cat},
    Command{"verify", "", "Compare the credentials with what the host says it sent", k_verify_options,
            run_verify},
    Command{"report", "", "Verify, and tell the host the outcome", k_report_options, run_report},
    Command{"notify", "", "Tell the host's systemd that this guest is ready, or what it does",
            k_notify_options, run_notify},
    Command{"import", "", "Fetch the credentials where systemd is not PID 1", k_import_options, run_import},
    Command{"pull", "", "Fetch the credentials from the host, for guests that have to ask for them",
            k_pull_options, run_pull},
    Command{"init", "[ARGUMENT...]", "Take the credentials out of the initrd and become its init",
            k_init_options, run_init},
};

constexpr std::array k_groups{command::Group{.title = "", .commands = k_commands}};

constexpr command::Program k_program{
    .name = k_program_name,
    .summary = "The credentials that the host gave to this guest.",
    .groups = k_groups,
};

}  // namespace

const command::Program& program() { return k_program; }

}  // namespace vmcred::guest
