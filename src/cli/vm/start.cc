// SPDX-License-Identifier: Apache-2.0
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "cli/vm/control.h"
#include "config/load.h"

namespace vmcred::cli {

base::Result<void> run_vm_start(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  return control_vm("start", "started", config, vm->name, streams);
}

}  // namespace vmcred::cli
