// SPDX-License-Identifier: Apache-2.0
// The sockets that systemd opened for us: sd_listen_fds_with_names(3).
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::systemd {

struct PassedSocket {
  base::UniqueFd fd;  // closed on exec
  std::string name;   // FileDescriptorName= of the socket unit; "unknown" where none was told
};

// Takes them over, and $LISTEN_PID, $LISTEN_FDS and $LISTEN_FDNAMES out of the environment: a second call,
// and programs that we start, find none. None where there are none, or where they are another process's.
// Fails with a `host` error where the variables contradict what is open. Not to be called while other threads
// use the environment.
base::Result<std::vector<PassedSocket>> take_listen_fds();

}  // namespace vmcred::systemd
