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

// NAME is a VM, whose unit, rotations and watch are meant, or the unit itself.
bool is_meant(const unit::UnitFile& file, const std::string& name) {
  if (file.path == name || file.path.starts_with(concat(name, ".d/"))) return true;
  return file.path.starts_with(config::vm_unit_name(name)) ||
         file.path.starts_with(config::rotation_unit_stem(name, "")) ||
         file.path.starts_with(concat(config::watch_unit_stem(name), "."));
}

// Where systemd puts what generators make.
std::string place_of(const unit::UnitFile& file) { return concat("/run/systemd/generator/", file.path); }

// Each line with the comment above it, which names the key that it comes from.
ordered_json lines_of(std::string_view text) {
  auto lines = ordered_json::array();
  std::string_view section;
  std::string_view origin;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t equals = line.find('=');
    if (line.starts_with('[')) {
      section = line.substr(1, line.size() - 2);
      origin = {};
    } else if (line.starts_with("# ")) {
      origin = line.substr(2);
    } else if (equals != std::string_view::npos) {
      lines.push_back({{"section", section},
                       {"setting", line.substr(0, equals)},
                       {"value", line.substr(equals + 1)},
                       {"from", origin}});
    }
  }
  return lines;
}

base::Error no_such_unit(const MadeUnits& made, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& vm : made.loaded.config.vms) names.push_back(vm.name);
  return {.kind = base::ErrorKind::config,
          .what = concat("no unit or vm ", base::quoted(name), " in ", made.config,
                         base::did_you_mean(name, names)),
          .hint = "'vmcred unit list' lists them"};
}

}  // namespace

base::Result<void> run_unit_show(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const MadeUnits made, make_units_now(arguments));
  const std::string& name = arguments.operand();
  for (const auto& broken : made.set.broken)
    if (broken.vm == name || config::vm_unit_name(broken.vm) == name) return broken.error;
  std::string text;
  auto shown = ordered_json::array();
  for (const auto& file : made.set.files) {
    if (!is_meant(file, name)) continue;
    text += concat(text.empty() ? "" : "\n", "# ", place_of(file), "\n", file.text);
    shown.push_back({{"file", place_of(file)}, {"lines", lines_of(file.text)}});
  }
  if (text.empty()) return no_such_unit(made, name);
  return command::print(streams, arguments.has("--json") ? shown.dump(2) + "\n" : text);
}

}  // namespace vmcred::cli
