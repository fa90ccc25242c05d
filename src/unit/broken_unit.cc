// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "unit/head.h"
#include "unit/vm_unit.h"

namespace vmcred::unit {
namespace {

using base::concat;
using systemd::command_word;
using systemd::UnitText;

// Type=oneshot: `systemctl start` waits for the command and fails with it. Its text is in the journal and in
// `systemctl status`. A VM that has been running since before can still be stopped.
std::string unit_that_explains(std::string_view vm, std::string_view description,
                               const Surroundings& surroundings) {
  UnitText text;
  // Without the config's path there is no line that could say more.
  if (!add_head(description, surroundings, text)) return {};
  const std::string program = command_word(surroundings.programs.vmcred);
  const std::string config = command_word(surroundings.config);
  text.section("Service");
  text.set("Type", "oneshot");
  text.set("ExecStart", program, " unit explain ", vm, " --config ", config);
  text.set("ExecStop", "-", program, " vm stop ", vm, " --config ", config);
  return std::move(text).take();
}

}  // namespace

std::string broken_vm_unit(std::string_view vm, const base::Error& error, const Surroundings& surroundings) {
  return unit_that_explains(vm, concat("microVM ", vm, " (broken: ", error.what, ")"), surroundings);
}

std::string broken_vm_drop_in(std::string_view vm, const Surroundings& surroundings) {
  UnitText text;
  if (!add_drop_in_head(surroundings, text)) return {};
  text.section("Service");
  text.set("ExecStartPre", command_word(surroundings.programs.vmcred), " unit explain ", vm, " --config ",
           command_word(surroundings.config));
  text.set("Restart", "no");
  return std::move(text).take();
}

std::string broken_config_template(const base::Error& error, const Surroundings& surroundings) {
  return unit_that_explains("%i", concat("microVM (broken: ", error.what, ")"), surroundings);
}

}  // namespace vmcred::unit
