// SPDX-License-Identifier: Apache-2.0
// Who is at the other end of a connection, and what for. docs/formats/provider.md has the rules.
#pragma once

#include <sys/types.h>
#include <string>

#include "base/result.h"
#include "credential/provider_protocol.h"

namespace vmcred::provider {

struct Peer {
  std::string name;  // of its socket; "" where it has none
  pid_t process;
  uid_t user;
};

base::Result<Peer> peer_of(int connection);

// Is it really PID 1, about to start the unit that it names? A `refused` error where it is not.
base::Result<void> check_peer(const Peer& peer, const credential::ProviderRequest& request);

}  // namespace vmcred::provider
