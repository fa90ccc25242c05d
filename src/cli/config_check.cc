// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "cli/commands.h"
#include "cli/open_config.h"
#include "command/output.h"
#include "config/keys.h"

namespace vmcred::cli {

base::Result<void> run_config_check(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const config::Config config, open_config(arguments));
  return command::print(streams,
                        base::concat(config.path, ": ok, ", base::counted(config.vms.size(), "VM"), "\n"));
}

base::Result<void> run_config_keys(const command::Arguments& /*arguments*/, const command::Streams& streams) {
  std::string text;
  for (const auto& key : config::known_keys()) text += base::concat(key, "\n");
  return command::print(streams, text);
}

}  // namespace vmcred::cli
