// SPDX-License-Identifier: Apache-2.0
#include "runner/console.h"

#include "base/text.h"
#include "runner/socket/local_connection.h"
#include "vmm/sockets.h"

namespace vmcred::runner {

base::Result<base::UniqueFd> connect_to_console(const std::string& runtime_directory) {
  auto console = connect_locally(base::concat(runtime_directory, "/", vmm::k_console_socket));
  if (console) return console;
  return std::move(console).error().with_hint(
      "if the VM runs, connect as the user who started it, or as root");
}

}  // namespace vmcred::runner
