// SPDX-License-Identifier: Apache-2.0
// Carries what a guest says about itself (vmm.notify_socket, see systemd.system-credentials(7)) to the host's
// systemd.
//
// A guest opens a connection for each message, and its PID 1 waits until we close it, so each is read once
// and closed at once. A virtio socket does not always carry the end of what the guest sends: whatever has
// arrived is the message.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "runner/beside/notify_message.h"

namespace vmcred::runner {

struct NotifyRelayEnds {
  base::UniqueFd listener;  // where the guest's messages arrive
  std::optional<std::uint32_t>
      guest_cid;        // with a kernel's virtio socket: who may connect; others are hung up on
  std::string manager;  // the host's $NOTIFY_SOCKET
  base::UniqueFd vmm;   // the VMM's process, for waiting
};

class NotifyRelay {
 public:
  explicit NotifyRelay(NotifyRelayEnds ends);

  // Goes on until the VMM has ended. A guest can neither stop it, nor make it grow, nor keep it busy:
  // connections at a time, connections a second and what each may say are bounded, and one that says nothing
  // is closed for a newer one.
  void run();

 private:
  using Clock = NotifyFilter::Clock;

  struct Connection {
    base::UniqueFd socket;
    Clock::time_point until;
  };

  bool wait();  // false: the VMM has ended
  void accept_guest();
  bool is_from_guest(int socket) const;
  void take_message(base::UniqueFd& socket);
  void close_old_connections();

  NotifyRelayEnds m_ends;
  NotifyFilter m_filter;
  RateLimit m_arrivals;
  std::vector<Connection> m_connections;  // the oldest first
};

}  // namespace vmcred::runner
