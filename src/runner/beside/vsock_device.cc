// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/vsock_device.h"

#include <unistd.h>
#include <vector>

#include "base/text.h"
#include "runner/beside/companion.h"
#include "runner/handover/replace_process.h"
#include "runner/host/vsock.h"
#include "runner/socket/listening.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;

std::string device_socket(const std::string& runtime_directory) {
  return concat(runtime_directory, "/", vmm::k_vsock_device_socket);
}

}  // namespace

Result<pid_t> start_vsock_device(const config::VirtualMachine& vm, const std::string& runtime_directory,
                                 const std::optional<Identity>& identity) {
  const std::string host_socket = concat(runtime_directory, "/", vmm::k_vsock_socket);
  const std::string vmm_socket = device_socket(runtime_directory);
  for (const auto& path : {host_socket, vmm_socket}) ::unlink(path.c_str());
  const std::vector<std::string> words = {find_vsock_program(), concat("--guest-cid=", vm.vsock_cid.value()),
                                          concat("--uds-path=", host_socket),
                                          concat("--socket=", vmm_socket)};
  return start_companion_program(
      identity, [&words] { return replace_process(words.front(), words, clean_environment()); });
}

Result<void> wait_for_vsock_device(pid_t device, const std::string& runtime_directory) {
  return wait_until_it_listens(device, device_socket(runtime_directory), "vhost-device-vsock");
}

}  // namespace vmcred::runner
