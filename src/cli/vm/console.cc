// SPDX-License-Identifier: Apache-2.0
#include <termios.h>
#include <unistd.h>

#include "base/scope_exit.h"
#include "base/text.h"
#include "cli/vm/commands.h"
#include "cli/vm/pump.h"
#include "cli/vm/running_vm.h"
#include "command/output.h"
#include "runner/console.h"
#include "vmm/capability.h"

namespace vmcred::cli {
namespace {

base::Result<void> check_has_console(const config::VirtualMachine& vm) {
  const auto& capability = vmm::capability_of(vm);
  if (capability.console) return {};
  return base::Error{.kind = base::ErrorKind::config,
                     .what = base::concat(vmm::sentence_name(capability), " has no console to connect to"),
                     .hint = base::concat("read what the guest prints: vmcred vm logs ", vm.name,
                                          "; a shell, where it has 'vsock.cid': vmcred vm ssh ", vm.name)};
}

}  // namespace

// Every key goes to the guest, ^C too; the terminal's own state comes back at the end.
base::Result<void> run_vm_console(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const RunningVm vm, running_vm(arguments));
  if (auto checked = check_has_console(vm.vm); !checked) return of_vm(vm, std::move(checked).error());
  auto console = runner::connect_to_console(vm.directory);
  if (!console) return of_vm(vm, std::move(console).error());
  const PumpEnds ends{.input = STDIN_FILENO, .output = streams.out, .socket = console->get()};
  termios before{};
  if (::isatty(STDIN_FILENO) == 0 || ::tcgetattr(STDIN_FILENO, &before) != 0) return pump_until_escape(ends);

  command::print_note(streams, base::concat("vm ", vm.vm.name, ": this is its console; ^] leaves it\n"));
  termios raw = before;
  ::cfmakeraw(&raw);
  if (::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw) != 0) return base::errno_error("the terminal");
  auto pumped = [&] {
    const base::ScopeExit restore([&] { ::tcsetattr(STDIN_FILENO, TCSADRAIN, &before); });
    return pump_until_escape(ends);
  }();
  command::print_note(streams, "\n");
  return pumped;
}

}  // namespace vmcred::cli
