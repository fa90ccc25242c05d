// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/open_config.h"
#include "command/output.h"
#include "config/load.h"
#include "runner/runtime_directory.h"
#include "runner/stop.h"

namespace vmcred::cli {
namespace {

using base::concat;

constexpr unsigned k_default_patience_seconds = 90;  // systemd's own default for stopping a unit
constexpr unsigned k_longest_patience_seconds = 3600;

base::Result<std::chrono::seconds> patience(const command::Arguments& arguments) {
  const auto text = arguments.value("--timeout");
  if (!text) return std::chrono::seconds(k_default_patience_seconds);
  unsigned seconds = 0;
  const auto [end, failure] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  if (failure != std::errc() || end != text->data() + text->size() || seconds > k_longest_patience_seconds)
    return base::Error{
        .kind = base::ErrorKind::usage,
        .what = concat("--timeout takes whole seconds from 0 to ", k_longest_patience_seconds)};
  return std::chrono::seconds(seconds);
}

std::string_view outcome_text(runner::StopOutcome outcome) {
  switch (outcome) {
    case runner::StopOutcome::guest_shut_down:
      return "the guest shut down";
    case runner::StopOutcome::quit:
      return "its hypervisor was ended";
    case runner::StopOutcome::killed:
      break;
  }
  return "its hypervisor was killed";
}

}  // namespace

base::Result<void> run_vm_stop(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto seconds, patience(arguments));
  VMCRED_TRY_ASSIGN(const config::Config config, open_config(arguments));
  VMCRED_TRY_ASSIGN(const config::VirtualMachine* vm, config::find_vm(config, arguments.operand()));
  VMCRED_TRY_ASSIGN(const std::string directory, runner::runtime_directory(vm->name));
  const auto say = [&](const std::string& text) {
    command::print_note(streams, concat("vm ", vm->name, ": ", text, "\n"));
  };
  auto outcome = runner::stop_vm(directory, seconds, say);
  if (!outcome) return in(concat("vm ", base::quoted(vm->name)), std::move(outcome));
  return command::print(streams, concat("vm ", vm->name, ": ", outcome_text(*outcome), "\n"));
}

}  // namespace vmcred::cli
