// SPDX-License-Identifier: Apache-2.0
#include <charconv>

#include "base/text.h"
#include "cli/vm/commands.h"
#include "cli/vm/running_vm.h"
#include "command/output.h"
#include "runner/stop/stop.h"
#include "systemd/notify.h"

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

// Told to whoever called, and to systemd where this is a unit's ExecStop=.
void say(const command::Streams& streams, const std::string& vm, const std::string& text) {
  command::print_note(streams, concat("vm ", vm, ": ", text, "\n"));
  static_cast<void>(systemd::notify(concat("STATUS=Stopping: ", text)));
}

base::Error not_by_itself(runner::StopOutcome outcome, std::chrono::seconds patience) {
  using runner::StopOutcome;
  if (outcome == StopOutcome::not_reached)
    return {.kind = base::ErrorKind::vmm,
            .what = "its hypervisor could not be asked to shut the guest down; it was ended"};
  if (outcome == StopOutcome::killed)
    return {.kind = base::ErrorKind::vmm,
            .what = "its hypervisor did not end when it was told to; it was killed"};
  return {
      .kind = base::ErrorKind::vmm,
      .what = concat("the guest did not shut down within ", patience.count(), " s; its hypervisor was ended"),
      .hint = "--timeout SECONDS gives it longer; with 0 it is not asked"};
}

}  // namespace

base::Result<void> run_vm_stop(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto seconds, patience(arguments));
  VMCRED_TRY_ASSIGN(const RunningVm vm, running_or_orphaned_vm(arguments));
  const auto outcome = runner::stop_vm(vm.directory, seconds,
                                       [&](const std::string& text) { say(streams, vm.vm.name, text); });
  if (!outcome) return of_vm(vm, outcome.error());
  const bool by_guest = *outcome == runner::StopOutcome::guest_shut_down;
  const bool is_as_wanted = by_guest || *outcome == runner::StopOutcome::not_asked;
  if (!is_as_wanted && seconds > std::chrono::seconds(0)) return of_vm(vm, not_by_itself(*outcome, seconds));
  const std::string_view text = by_guest ? "the guest shut down" : "its hypervisor was ended";
  return command::print(streams, concat("vm ", vm.vm.name, ": ", text, "\n"));
}

}  // namespace vmcred::cli
