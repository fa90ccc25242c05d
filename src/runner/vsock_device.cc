// SPDX-License-Identifier: Apache-2.0
#include "runner/vsock_device.h"

#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <thread>
#include <vector>

#include "base/file.h"
#include "base/text.h"
#include "runner/companion.h"
#include "runner/vsock.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using Clock = std::chrono::steady_clock;

constexpr auto k_patience = std::chrono::seconds(5);
constexpr auto k_pause = std::chrono::milliseconds(1);

constexpr std::size_t k_max_table_bytes = std::size_t{16} * 1024 * 1024;
constexpr std::string_view k_listening = " 00010000 ";  // the kernel's __SO_ACCEPTCON, in its column of flags

std::string device_socket(const std::string& runtime_directory) {
  return concat(runtime_directory, "/", vmm::k_vsock_device_socket);
}

Result<CompanionWork> become_program(const std::vector<std::string>& words) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  char path[] = "PATH=/usr/bin:/bin";
  char language[] = "LANG=C.UTF-8";
  char* const environment[] = {path, language, nullptr};
  ::execve(words.front().c_str(), arguments.data(), environment);
  return base::errno_error(words.front());
}

// A socket has its name before it listens. Connecting would tell, but the program takes the first who does
// for QEMU.
bool is_listening(const std::string& path) {
  if (!base::path_exists(path)) return false;
  const auto table = base::read_text_file("/proc/self/net/unix", k_max_table_bytes);
  if (!table) return true;
  const auto end = table->find(concat(" ", path, "\n"));
  if (end == std::string::npos) return false;
  const auto line = table->rfind('\n', end);
  return std::string_view(*table).substr(line, end - line).find(k_listening) != std::string_view::npos;
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
  return start_companion(identity, [&words] { return become_program(words); });
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
