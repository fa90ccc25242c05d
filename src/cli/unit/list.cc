// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/unit/commands.h"
#include "cli/unit/made_units.h"
#include "command/output.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;
using nlohmann::ordered_json;

std::string vm_description(const config::VirtualMachine& vm) {
  return concat(vm.autostart ? "starts with the host, " : "", base::counted(vm.secrets.size(), "secret"));
}

// The unit of a file: "microvm@a.service.d/50-vmcred.conf" is a drop-in for "microvm@a.service".
std::string unit_of(const unit::UnitFile& file) {
  const std::size_t slash = file.path.find('/');
  return slash == std::string::npos ? file.path : file.path.substr(0, slash - std::string_view(".d").size());
}

std::string describe(const MadeUnits& made, const std::string& unit) {
  const auto name = config::vm_of_unit(unit);
  const auto& vms = made.loaded.config.vms;
  if (name)
    if (const auto vm = std::ranges::find(vms, *name, &config::VirtualMachine::name); vm != vms.end())
      return vm_description(*vm);
  return "";
}

const unit::Broken* broken_of(const MadeUnits& made, const std::string& unit) {
  const auto name = config::vm_of_unit(unit);
  if (!name) return nullptr;
  const auto found = std::ranges::find(made.set.broken, *name, &unit::Broken::vm);
  return found == made.set.broken.end() ? nullptr : &*found;
}

std::string as_text(const MadeUnits& made) {
  std::string text = concat("units of ", made.config, ":\n");
  for (const auto& file : made.set.files) {
    const std::string unit = unit_of(file);
    if (broken_of(made, unit) != nullptr) continue;
    const std::string description = describe(made, unit);
    text += concat("  ", unit, file.path == unit ? "" : " (drop-in)",
                   description.empty() ? "" : concat("  ", description), "\n");
  }
  if (made.set.broken.empty()) return text;
  text += "broken, not started:\n";
  for (const auto& [vm, error] : made.set.broken) {
    text += concat("  ", vm.empty() ? "all" : base::escaped(vm), ": ", error.what, "\n");
    for (const auto& other : error.others) text += concat("    ", other.what, "\n");
    if (!error.hint.empty()) text += concat("    hint: ", error.hint, "\n");
  }
  return text;
}

ordered_json error_as_json(const unit::Broken& broken) {
  ordered_json shown = {{"vm", broken.vm}, {"errors", {broken.error.what}}, {"hint", broken.error.hint}};
  for (const auto& other : broken.error.others) shown["errors"].push_back(other.what);
  return shown;
}

std::string as_json(const MadeUnits& made) {
  ordered_json shown = {
      {"config", made.config}, {"units", ordered_json::array()}, {"broken", ordered_json::array()}};
  for (const auto& file : made.set.files) {
    const std::string unit = unit_of(file);
    const auto vm = config::vm_of_unit(unit);
    shown["units"].push_back({{"unit", unit},
                              {"file", file.path},
                              {"vm", vm ? ordered_json(*vm) : ordered_json(nullptr)},
                              {"broken", broken_of(made, unit) != nullptr}});
  }
  for (const auto& broken : made.set.broken) shown["broken"].push_back(error_as_json(broken));
  return shown.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

base::Result<void> run_unit_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const MadeUnits made, make_units_now(arguments));
  return command::print(streams, arguments.has("--json") ? as_json(made) : as_text(made));
}

}  // namespace vmcred::cli
