// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "cli/unit/commands.h"
#include "cli/unit/made_units.h"

namespace vmcred::cli {

// Always fails: a unit that calls this must not seem to have started a VM.
base::Result<void> run_unit_explain(const command::Arguments& arguments,
                                    const command::Streams& /*streams*/) {
  VMCRED_TRY_ASSIGN(const MadeUnits made, make_units_now(arguments));
  const std::string& name = arguments.operand();
  for (const auto& broken : made.set.broken)
    if (broken.vm == name || broken.vm.empty()) return broken.error;
  VMCRED_TRY(config::find_vm(made.loaded.config, name));
  return base::Error{.kind = base::ErrorKind::config,
                     .what = base::concat("nothing is wrong with vm ", base::quoted(name), " in ",
                                          made.config, " any more, but its unit is from before that"),
                     .hint = "systemctl daemon-reload"};
}

}  // namespace vmcred::cli
