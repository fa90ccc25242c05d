// SPDX-License-Identifier: Apache-2.0
// Hypervisors with an API over HTTP. Each request has a connection of its own, since the API serves others
// too.
#include "base/text.h"
#include "runner/handover/http_client.h"
#include "runner/stop/stop_way.h"
#include "vmm/sockets.h"

namespace vmcred::runner {
namespace {

bool does(const std::string& socket, const HttpRequest& request) {
  const auto deadline = Clock::now() + k_answer_time;
  const auto connection = connect_to_api(socket, deadline);
  return connection && ask_for_success(*connection, request, deadline);
}

class CloudHypervisorWay : public StopWay {
 public:
  explicit CloudHypervisorWay(std::string socket) : m_socket(std::move(socket)) {}

  bool ask_guest(bool /*is_late*/, const Say& /*say*/) override {
    return does(m_socket, {.method = "PUT", .path = "/api/v1/vm.power-button"});
  }
  bool end_hypervisor() override { return does(m_socket, {.method = "PUT", .path = "/api/v1/vmm.shutdown"}); }

 private:
  std::string m_socket;
};

// Its guest has a keyboard of three keys, and no power button. Nothing in its API ends Firecracker.
class FirecrackerWay : public StopWay {
 public:
  explicit FirecrackerWay(std::string socket) : m_socket(std::move(socket)) {}

  bool ask_guest(bool /*is_late*/, const Say& /*say*/) override {
    return does(m_socket,
                {.method = "PUT", .path = "/actions", .text = R"({"action_type":"SendCtrlAltDel"})"});
  }
  bool end_hypervisor() override { return false; }

 private:
  std::string m_socket;
};

std::string api_socket(const std::string& runtime_directory) {
  return base::concat(runtime_directory, "/", vmm::k_api_socket);
}

}  // namespace

std::unique_ptr<StopWay> open_cloud_hypervisor_way(const std::string& runtime_directory) {
  return std::make_unique<CloudHypervisorWay>(api_socket(runtime_directory));
}

std::unique_ptr<StopWay> open_firecracker_way(const std::string& runtime_directory) {
  return std::make_unique<FirecrackerWay>(api_socket(runtime_directory));
}

}  // namespace vmcred::runner
