// SPDX-License-Identifier: Apache-2.0

#include "base/process.h"
#include "base/text.h"
#include "cli/vm/commands.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;

// By fields that journald itself has noted, and no text: a guest can print what it likes on its console.
std::vector<std::string> matches_of(const std::string& unit) {
  return {concat("_SYSTEMD_UNIT=", unit), "+", "_PID=1",
          concat("UNIT=", unit),          "+", concat("_SYSTEMD_UNIT=", config::k_provider_service_unit),
          concat("VMCRED_UNIT=", unit)};
}

}  // namespace

// Also of a VM that the config no longer has.
base::Result<void> run_vm_logs(const command::Arguments& arguments, const command::Streams&) {
  const std::string unit = config::vm_unit_name(arguments.operand());
  if (!config::vm_of_unit(unit))
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = concat(base::quoted(arguments.operand()), " is no name of a VM")};
  const std::string program = base::find_on_path("journalctl");
  if (program.empty())
    return base::Error{.kind = base::ErrorKind::host,
                       .what = "journalctl is not installed",
                       .hint = "without systemd, a VM's console is where 'vmcred vm run' was started"};
  std::vector<std::string> words = {"journalctl"};
  if (arguments.has("--follow")) words.emplace_back("--follow");
  if (const auto lines = arguments.value("--lines")) words.push_back(concat("--lines=", *lines));
  if (const auto since = arguments.value("--since")) words.push_back(concat("--since=", *since));
  const auto matches = matches_of(unit);
  words.insert(words.end(), matches.begin(), matches.end());
  return base::become_program(program, words);
}

}  // namespace vmcred::cli
