// SPDX-License-Identifier: Apache-2.0
// crosvm: what `crosvm powerbtn` and `crosvm stop` say, a request in JSON over a socket of whole messages
// (vm_control/src/lib.rs, VmRequest, in crosvm). Said by ourselves, since the caller may be root and the
// program the VM user's.
#include <poll.h>
#include <sys/socket.h>
#include <array>
#include <string_view>

#include "base/text.h"
#include "runner/socket/local_connection.h"
#include "runner/stop/stop_way.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

constexpr std::string_view k_power_button = R"("Powerbtn")";
constexpr std::string_view k_exit = R"("Exit")";
constexpr std::string_view k_done = R"("Ok")";

bool does(const std::string& path, std::string_view request) {
  const auto socket = connect_locally(path, SOCK_SEQPACKET | SOCK_NONBLOCK);
  if (!socket || ::send(socket->get(), request.data(), request.size(), MSG_NOSIGNAL) < 0 ||
      !is_ready_by(Clock::now() + k_answer_time, socket->get(), POLLIN))
    return false;
  std::array<char, 256> answer{};
  const ssize_t size = ::recv(socket->get(), answer.data(), answer.size(), 0);
  return size > 0 && std::string_view(answer.data(), static_cast<std::size_t>(size)) == k_done;
}

class CrosvmWay : public StopWay {
 public:
  explicit CrosvmWay(std::string socket) : m_socket(std::move(socket)) {}

  bool ask_guest(bool /*is_late*/, const Say& /*say*/) override { return does(m_socket, k_power_button); }
  bool end_hypervisor() override { return does(m_socket, k_exit); }

 private:
  std::string m_socket;
};

}  // namespace

std::unique_ptr<StopWay> open_crosvm_way(const std::string& runtime_directory) {
  return std::make_unique<CrosvmWay>(base::concat(runtime_directory, "/", vmm::k_crosvm_socket));
}

}  // namespace vmcred::runner
