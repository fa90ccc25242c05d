// SPDX-License-Identifier: Apache-2.0
// Hands the set over to the VM's guest when that asks for it, once (docs/formats/pull.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/model.h"
#include "credential/credential.h"
#include "runner/beside/pull_conversation.h"
#include "runner/socket/deadline.h"
#include "vmm/host_facts.h"
#include "vmm/launch_plan.h"

namespace vmcred::runner {

// Where the guest asks: one of the two.
struct PullPlace {
  base::UniqueFd listener = {};  // for connections from the virtio socket
  std::optional<std::uint32_t> guest_cid =
      {};                        // with the kernel's: who may connect, and from a port of its root's
  std::string port_socket = {};  // where the VMM has the host's end of the virtio port
};

class PullServer {
 public:
  struct Limits {
    std::size_t connections = 4;  // at a time; a newer one ends the oldest
    std::chrono::milliseconds connection = std::chrono::seconds(60);  // how long each may take
  };

  PullServer(PullPlace place, const PullAnswerFile& answer, base::UniqueFd vmm, Limits limits);

  // Goes on until the guest has stored the set, or the VMM has ended. A guest that is slow, breaks off or
  // never says that it has stored it gets another try, as often as it asks.
  void run();

 private:
  struct Guest {
    PullConversation conversation;
    Clock::time_point until;
  };

  bool wait();  // false: it is over
  bool go_on_with(std::vector<Guest>::iterator guest);
  void accept_guest();
  bool is_allowed(int socket) const;
  void connect_to_port();

  PullPlace m_place;
  PullAnswerFile m_answer;
  base::UniqueFd m_vmm;
  Limits m_limits;
  std::vector<Guest> m_guests;  // the oldest first
  Clock::duration m_pause = std::chrono::milliseconds(1);
};

// Starts the server beside the VMM that this process becomes. It has the set in a memory file that the VMM
// does not inherit. Call it as the VM's user.
base::Result<void> start_pull_server(const config::VirtualMachine& vm, const vmm::PlannedPull& plan,
                                     const vmm::HostFacts& host, const credential::CredentialSet& set);

}  // namespace vmcred::runner
