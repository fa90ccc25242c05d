// SPDX-License-Identifier: Apache-2.0
// The commands `vmcred vm …`.
#pragma once

#include <span>

#include "command/program.h"

namespace vmcred::cli {

std::span<const command::Command> vm_commands();

base::Result<void> run_vm_list(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_show(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_start(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_restart(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_rollback(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_network(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_record(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_status(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_logs(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_run(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_stop(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_console(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_connect(const command::Arguments& arguments, const command::Streams& streams);
base::Result<void> run_vm_ssh(const command::Arguments& arguments, const command::Streams& streams);

}  // namespace vmcred::cli
