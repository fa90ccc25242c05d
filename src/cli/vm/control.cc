// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/control.h"

#include "base/process.h"
#include "base/text.h"
#include "cli/vm/provider_trouble.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;

// A unit of this VM, as the config wants it, that systemd knows.
Result<std::string> unit_to_control(const std::string& vm) {
  const std::string unit = config::vm_unit_name(vm);
  VMCRED_TRY_ASSIGN(const UnitState state, unit_state(unit));
  if (state.load == "loaded" && !state.needs_reload) return unit;
  return base::Error{
      .kind = base::ErrorKind::host,
      .what = concat("vm ", base::quoted(vm), ": ",
                     state.needs_reload ? "systemd has not read its unit since the config changed"
                                        : concat("systemd has no unit ", unit)),
      .hint = "have it read the config of /etc/vmcred again: systemctl daemon-reload"};
}

}  // namespace

Result<void> control_vm(std::string_view verb, std::string_view done, const config::Config& config,
                        const std::string& vm, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const std::string unit, unit_to_control(vm));
  command::print_note(streams, concat("vm ", vm, ": waiting until it is ready\n"));
  if (auto controlled = control_unit(verb, unit); !controlled) {
    base::Error error = std::move(controlled).error().in(concat("vm ", base::quoted(vm)));
    if (const std::string reason = why_refused(config, vm); !reason.empty())
      error.others.push_back(
          {.kind = base::ErrorKind::credential, .what = concat("vmcred-provider says: ", reason)});
    return std::move(error).with_hint(concat("see what it says: vmcred vm logs ", vm));
  }
  return command::print(streams, concat("vm ", vm, ": ", done, "\n"));
}

Result<void> reload_units() {
  VMCRED_TRY_ASSIGN(const auto outcome, base::run_program({.words = {"systemctl", "daemon-reload"}}));
  if (outcome.exit_code == 0) return {};
  return base::Error{.kind = base::ErrorKind::host,
                     .what = concat("systemctl daemon-reload failed: ", base::escaped(outcome.errors)),
                     .hint = "see why: journalctl -b -t systemd -t vmcred-generator -n 20"};
}

}  // namespace vmcred::cli
