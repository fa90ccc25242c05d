// SPDX-License-Identifier: Apache-2.0
#include "runner/vsock_device.h"

#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <thread>
#include <vector>

#include "base/text.h"
#include "runner/companion.h"
#include "runner/listening.h"
#include "runner/replace_process.h"
#include "runner/vsock.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using Clock = std::chrono::steady_clock;

constexpr auto k_patience = std::chrono::seconds(5);
constexpr auto k_pause = std::chrono::milliseconds(1);

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
  const std::string path = device_socket(runtime_directory);
  const auto deadline = Clock::now() + k_patience;
  while (!is_listening(path)) {
    const bool has_ended = ::waitpid(device, nullptr, WNOHANG) == device;
    if (has_ended || Clock::now() >= deadline)
      return base::Error{.kind = base::ErrorKind::host,
                         .what = has_ended ? "vhost-device-vsock ended at once"
                                           : concat("vhost-device-vsock does not listen on ", path),
                         .hint = "what it said about that stands above, if anything"};
    std::this_thread::sleep_for(k_pause);
  }
  return {};
}

}  // namespace vmcred::runner
