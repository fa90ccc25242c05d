// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/running_vm.h"

#include "base/text.h"
#include "cli/open_config.h"
#include "config/load.h"
#include "config/name_rules.h"
#include "runner/host/runtime_directory.h"
#include "runner/stop/vmm_process.h"

namespace vmcred::cli {

base::Result<RunningVm> running_vm(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  VMCRED_TRY_ASSIGN(std::string directory, runner::runtime_directory(vm->name));
  return RunningVm{.vm = *vm, .directory = std::move(directory)};
}

base::Result<RunningVm> running_or_orphaned_vm(const command::Arguments& arguments) {
  auto in_config = running_vm(arguments);
  const std::string& name = arguments.operand();
  if (in_config || !config::is_vm_name(name)) return in_config;
  VMCRED_TRY_ASSIGN(std::string directory, runner::runtime_directory(name));
  const auto process = runner::find_vmm(directory);
  if (!process || !*process) return in_config;
  RunningVm orphan{.vm = {}, .directory = std::move(directory)};
  orphan.vm.name = name;
  return orphan;
}

base::Error of_vm(const RunningVm& vm, base::Error error) {
  return std::move(error).in(base::concat("vm ", base::quoted(vm.vm.name)));
}

}  // namespace vmcred::cli
