// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/loaded_line.h"
#include "cli/open_config.h"
#include "cli/vars/stored_secrets.h"
#include "cli/vm/commands.h"
#include "cli/vm/plan_text.h"
#include "command/output.h"
#include "config/load.h"
#include "runner/launch.h"
#include "runner/start.h"

namespace vmcred::cli {
namespace {

using runner::Purpose;

std::string loaded_lines(const config::VirtualMachine& vm) {
  std::string text;
  for (const auto& secret : vm.secrets) text += loaded_line(secret.credential);
  return text;
}

}  // namespace

base::Result<void> run_vm_run(const command::Arguments& arguments, const command::Streams& streams) {
  const bool dry_run = arguments.has("--dry-run");
  if (arguments.has("--json") && !dry_run)
    return base::Error{
        .kind = base::ErrorKind::usage, .what = "--json goes with --dry-run", .hint = "add --dry-run"};
  VMCRED_TRY_ASSIGN(const config::Config config, open_config_for(arguments, arguments.operand()));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  ConfigStore stored(arguments);
  VMCRED_TRY_ASSIGN(const runner::PreparedStart prepared,
                    runner::prepare_start(*vm, stored, dry_run ? Purpose::dry_run : Purpose::start));
  if (!arguments.has("--quiet"))
    for (const auto& note : prepared.notes) command::warn(k_program_name, streams, note);
  if (dry_run)
    return command::print(
        streams, arguments.has("--json") ? plan_as_json(*vm, prepared) : plan_as_text(*vm, prepared));
  if (!arguments.has("--quiet")) command::print_note(streams, loaded_lines(*vm));
  return runner::start(prepared);
}

}  // namespace vmcred::cli
