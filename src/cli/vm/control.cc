// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/load.h"
#include "config/unit_names.h"
#include "runner/refusal.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;

// A unit of this VM, as the config wants it, that systemd knows.
Result<std::string> unit_to_control(const command::Arguments& arguments) {
  const std::string& name = arguments.operand();
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, name));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, name));
  const std::string unit = config::vm_unit_name(vm->name);
  VMCRED_TRY_ASSIGN(const UnitState state, unit_state(unit));
  if (state.load == "loaded" && !state.needs_reload) return unit;
  return base::Error{
      .kind = base::ErrorKind::host,
      .what = concat("vm ", base::quoted(name), ": ",
                     state.needs_reload ? "systemd has not read its unit since the config changed"
                                        : concat("systemd has no unit ", unit)),
      .hint = "have it read the config of /etc/vmcred again: systemctl daemon-reload"};
}

Result<void> control(std::string_view verb, std::string_view done, const command::Arguments& arguments,
                     const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const std::string unit, unit_to_control(arguments));
  const std::string& name = arguments.operand();
  command::print_note(streams, concat("vm ", name, ": waiting until it is ready\n"));
  if (auto controlled = control_unit(verb, unit); !controlled) {
    base::Error error = std::move(controlled).error().in(concat("vm ", base::quoted(name)));
    if (const std::string reason = runner::last_refusal(name); !reason.empty())
      error.others.push_back(
          {.kind = base::ErrorKind::credential, .what = concat("vmcred-provider says: ", reason)});
    return std::move(error).with_hint(concat("see what it says: vmcred vm logs ", name));
  }
  return command::print(streams, concat("vm ", name, ": ", done, "\n"));
}

}  // namespace

Result<void> run_vm_start(const command::Arguments& arguments, const command::Streams& streams) {
  return control("start", "started", arguments, streams);
}

Result<void> run_vm_restart(const command::Arguments& arguments, const command::Streams& streams) {
  return control("restart", "restarted", arguments, streams);
}

}  // namespace vmcred::cli
