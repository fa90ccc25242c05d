// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>
#include <charconv>

#include "base/text.h"
#include "cli/vm/commands.h"
#include "cli/vm/pump.h"
#include "cli/vm/running_vm.h"
#include "runner/host/vsock.h"

namespace vmcred::cli {
namespace {

base::Result<std::uint32_t> port_of(const std::string& text) {
  std::uint32_t port = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failure != std::errc() || end != text.data() + text.size() || port == 0)
    return base::Error{
        .kind = base::ErrorKind::usage,
        .what = base::concat("PORT must be a number from 1 to 4294967295, not ", base::quoted(text))};
  return port;
}

}  // namespace

base::Result<void> run_vm_connect(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const std::uint32_t port, port_of(*arguments.operand_at(1)));
  VMCRED_TRY_ASSIGN(const RunningVm vm, running_vm(arguments));
  const auto socket = runner::connect_to_guest(vm.vm, port, vm.directory);
  if (!socket) return of_vm(vm, socket.error());
  return pump({.input = STDIN_FILENO, .output = streams.out, .socket = socket->get()});
}

}  // namespace vmcred::cli
