// SPDX-License-Identifier: Apache-2.0
#include "vars/rotate.h"

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/vars/commands.h"
#include "cli/vars/progress.h"
#include "cli/vars/prompt_source.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "config/load.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;
using vars::Preview;
using vars::Rotation;

ordered_json rotated_paths(const std::vector<store::GeneratorId>& generators) {
  auto paths = ordered_json::array();
  for (const auto& generator : generators) paths.push_back(store::path_of(generator));
  return paths;
}

std::string as_json(const Rotation& rotation) {
  ordered_json shown = {{"generators", rotated_paths(rotation.generators)},
                        {"stale", rotated_paths(rotation.stale)},
                        {"vms", ordered_json::array()},
                        {"units", rotation.affected.units}};
  for (const auto& machine : rotation.affected.vms)
    shown["vms"].push_back(
        {{"name", machine.vm}, {"unit", config::vm_unit_name(machine.vm)}, {"secrets", machine.secrets}});
  return shown.dump(2) + "\n";
}

std::string as_text(const Rotation& rotation, std::string_view verb) {
  std::string text;
  for (const auto& generator : rotation.generators)
    text += concat(verb, " ", store::path_of(generator), "\n");
  for (const auto& generator : rotation.stale)
    text += concat("stale: ", store::path_of(generator), ", which was made from the other values; ",
                   "'vmcred vars generate' makes it anew\n");
  for (const auto& machine : rotation.affected.vms)
    text += concat("restart needed: vm ", base::quoted(machine.vm), " (", base::join(machine.secrets, ", "),
                   ")\n");
  for (const auto& unit : rotation.affected.units) text += concat("restart needed: unit ", unit, "\n");
  return text;
}

bool is_running(const std::string& unit) {
  return base::output_of({"systemctl", "is-active", "--quiet", unit}).has_value();
}

// All that may be restarted. A VM of which the config says that it may not keeps the old values, and is told
// of.
std::vector<std::string> units_to_restart(const Rotation& rotation, const config::Config& config,
                                          const command::Streams& streams) {
  std::vector<std::string> units = rotation.affected.units;
  for (const auto& machine : rotation.affected.vms) {
    const auto vm = config::find_vm(config, machine.vm);
    if (vm && (*vm)->restart_if_changed == config::RestartIfChanged::never)
      command::warn(
          k_program_name, streams,
          concat("vm ", base::quoted(machine.vm), " is not restarted: 'restart_if_changed' is false"));
    else
      units.push_back(config::vm_unit_name(machine.vm));
  }
  return units;
}

// Only what runs: a VM that is off gets the new values when it starts.
Result<void> restart(const Rotation& rotation, const config::Config& config,
                     const command::Streams& streams) {
  std::vector<std::string> units = units_to_restart(rotation, config, streams);
  std::erase_if(units, [](const std::string& unit) { return !is_running(unit); });
  if (units.empty()) return {};
  std::vector<std::string> words = {"systemctl", "restart"};
  words.insert(words.end(), units.begin(), units.end());
  if (!base::output_of(words))
    return base::Error{
        .kind = base::ErrorKind::host,
        .what = "the secrets are rotated, but systemctl could not restart all of what uses them",
        .hint = concat("see 'systemctl status' and run it again: ", base::join(words, " "))};
  command::print_note(streams, concat(base::join(words, " "), "\n"));
  return {};
}

Result<Rotation> rotate(Session& session, const command::Arguments& arguments,
                        const command::Streams& streams) {
  const std::string& vm = arguments.operand();
  const std::string secret = arguments.operand_at(1).value_or("");
  const Preview preview = arguments.has("--dry-run") ? Preview::yes : Preview::no;
  if (arguments.has("--rollback")) return vars::rollback(session.workshop(), vm, secret, preview);
  VMCRED_TRY_ASSIGN(const auto prompts, open_prompt_source(session, arguments));
  ProgressLines progress(streams);
  return vars::rotate(session.workshop(), vm, secret, *prompts, progress, preview);
}

std::string_view verb_of(const command::Arguments& arguments) {
  if (arguments.has("--rollback")) return arguments.has("--dry-run") ? "would take back" : "took back";
  return arguments.has("--dry-run") ? "would rotate" : "rotated";
}

}  // namespace

Result<void> run_vars_rotate(const command::Arguments& arguments, const command::Streams& streams) {
  if (arguments.has("--restart") && arguments.has("--dry-run"))
    return base::Error{.kind = base::ErrorKind::usage, .what = "--restart and --dry-run exclude each other"};
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const Rotation rotation, rotate(*session, arguments, streams));
  session->print_warnings(streams);
  VMCRED_TRY(command::print(
      streams, arguments.has("--json") ? as_json(rotation) : as_text(rotation, verb_of(arguments))));
  return arguments.has("--restart") ? restart(rotation, session->config(), streams) : Result<void>();
}

}  // namespace vmcred::cli
