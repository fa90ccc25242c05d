// SPDX-License-Identifier: Apache-2.0
// What a VM's unit runs once its guest is ready.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/open_config.h"
#include "cli/vm/commands.h"
#include "cli/vm/unit_state.h"
#include "command/output.h"
#include "config/entry.h"
#include "config/load.h"
#include "config/path.h"
#include "config/pins.h"
#include "config/unit_names.h"
#include "history/archive.h"
#include "history/digest_key.h"
#include "history/observe.h"
#include "history/places.h"

namespace vmcred::cli {
namespace {

using base::Result;

// As the main process sees them: what else the unit runs has a view of its own, in which systemd hides them.
std::string credentials_of(const std::string& unit, std::uint64_t main_process) {
  return base::concat("/proc/", main_process, "/root/run/credentials/", unit);
}

}  // namespace

Result<void> run_vm_record(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  const std::string unit = config::vm_unit_name(vm->name);
  VMCRED_TRY_ASSIGN(const UnitState state, unit_state(unit));
  if (!state.main_started_us || !state.process)
    return base::Error{.kind = base::ErrorKind::host,
                       .what = base::concat("vm ", base::quoted(vm->name), ": ", unit, " does not run"),
                       .hint = "the unit itself calls this when it has started"};
  const history::Places places;
  VMCRED_TRY_ASSIGN(const auto key, history::DigestKey::open(places.key));
  const history::UnitRun run{.invocation = state.invocation,
                             .credentials = credentials_of(unit, *state.process),
                             .since_ns = history::in_real_time(*state.main_started_us),
                             .by_this_config = !state.needs_reload};
  const auto launch = history::launch_of(run, config, *vm, key);
  for (const auto& secret : launch.unseen)
    command::warn(
        k_program_name, streams,
        base::concat("secret ", base::quoted(secret.name), " can't be compared later: ", secret.why));
  VMCRED_TRY(history::Archive(places.records).add(launch.record));
  VMCRED_TRY_ASSIGN(const config::Entry entry, config::read_entry(config.path, vm->name));
  return config::remove_passed_over_pin(config::directory_of(config.path), vm->name, entry.in_file);
}

}  // namespace vmcred::cli
