// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/unit_state.h"

#include <unistd.h>
#include <algorithm>
#include <charconv>

#include "base/process.h"
#include "base/text.h"
#include "config/unit_names.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;

constexpr std::string_view k_properties =
    "LoadState,ActiveState,SubState,StatusText,Result,ActiveEnterTimestamp,NRestarts,MainPID,MemoryCurrent,"
    "CPUUsageNSec,NeedDaemonReload,ExecMainStartTimestampMonotonic,InvocationID";

base::Error no_systemd(std::string_view errors) {
  return {
      .kind = base::ErrorKind::host,
      .what = concat("systemctl does not answer",
                     errors.empty() ? "" : concat(": ", base::escaped(errors.substr(0, errors.find('\n'))))),
      .hint = "without systemd, 'vmcred vm run' starts a VM and 'vmcred vm stop' stops it"};
}

Result<std::string> output_of_systemctl(std::vector<std::string> words) {
  words.insert(words.begin(), "systemctl");
  const auto outcome = base::run_program({.words = words});
  if (!outcome) return no_systemd("");
  if (outcome->exit_code != 0) return no_systemd(outcome->errors);
  return outcome->output;
}

// "[not set]" and the largest number both mean that nobody counts.
std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number == UINT64_MAX) return std::nullopt;
  return number;
}

void set_property(UnitState& state, std::string_view name, std::string_view value) {
  if (name == "LoadState") state.load = value;
  if (name == "ActiveState") state.active = value;
  if (name == "SubState") state.sub = value;
  if (name == "StatusText") state.status = value;
  if (name == "Result") state.result = value;
  if (name == "InvocationID") state.invocation = value;
  if (name == "ActiveEnterTimestamp") state.since = value;
  if (name == "NRestarts") state.restarts = number_in(value).value_or(0);
  if (name == "MainPID" && value != "0") state.process = number_in(value);
  if (name == "ExecMainStartTimestampMonotonic" && value != "0") state.main_started_us = number_in(value);
  if (name == "MemoryCurrent") state.memory_bytes = number_in(value);
  if (name == "CPUUsageNSec") state.cpu_nanoseconds = number_in(value);
  if (name == "NeedDaemonReload") state.needs_reload = value == "yes";
}

}  // namespace

UnitState parse_unit_state(std::string_view text) {
  UnitState state;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const auto equals = line.find('=');
    if (equals != std::string_view::npos)
      set_property(state, line.substr(0, equals), line.substr(equals + 1));
  }
  if (state.active != "active") state.since.clear();
  return state;
}

Result<UnitState> unit_state(const std::string& unit) {
  VMCRED_TRY_ASSIGN(const std::string text,
                    output_of_systemctl({"show", concat("--property=", k_properties), "--", unit}));
  return parse_unit_state(text);
}

Result<std::vector<std::string>> vms_with_units() {
  VMCRED_TRY_ASSIGN(const std::string text,
                    output_of_systemctl({"list-units", "--all", "--plain", "--no-legend", "--full", "--",
                                         "microvm@*.service"}));
  std::vector<std::string> names;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (const auto name = config::vm_of_unit(line.substr(0, line.find(' ')))) names.emplace_back(*name);
  }
  return names;
}

Result<void> control_unit(std::string_view verb, const std::string& unit) {
  // Whoever asks in person does not count as one of the unit's own attempts, after which it stays down. Nor
  // must a provider stay down that could not begin before.
  static_cast<void>(base::run_program(
      {.words = {"systemctl", "reset-failed", "--", unit, std::string(config::k_provider_service_unit),
                 std::string(config::k_provider_socket_unit)}}));
  const auto program = base::start_program({.words = {"systemctl", std::string(verb), "--", unit}},
                                           {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO});
  if (!program) return no_systemd("");
  VMCRED_TRY_ASSIGN(const int exit_code, base::wait_for_program(*program, "systemctl"));
  if (exit_code == 0) return {};
  return base::Error{.kind = base::ErrorKind::vmm, .what = concat(unit, " did not ", verb)};
}

}  // namespace vmcred::cli
