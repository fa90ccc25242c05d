// SPDX-License-Identifier: Apache-2.0
// Requests to a hypervisor's API: HTTP/1.1 over a Unix socket (RFC 9112), one connection each.
//
// A body with secrets goes from its memory file to the socket inside the kernel, and of an answer nothing but
// its status is read: what a hypervisor says about a bad request may quote the request.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runner/socket/deadline.h"

namespace vmcred::runner {

struct HttpRequest {
  std::string method;                    // "PUT"
  std::string path;                      // "/api/v1/vm.boot"
  std::string text = {};                 // the body, where it is no secret
  const base::UniqueFd* file = nullptr;  // else a memory file that holds it
  std::vector<int> descriptors = {};     // go along with the first byte
};

// Connects to a socket that listens. A vmm error says that nobody does, that there is no such socket, or that
// its queue stays full until the deadline.
base::Result<base::UniqueFd> connect_to_api(const std::string& socket_path, Clock::time_point deadline);

// Sends a request over a connection that has carried none and gives the status of the answer, whatever it
// says. A vmm error says that there was none, or none in time. SIGPIPE must be ignored where there is a file.
base::Result<int> ask_for_status(const base::UniqueFd& connection, const HttpRequest& request,
                                 Clock::time_point deadline);

// The same; any status but success (2xx) is a vmm error with the method, the path and the status.
base::Result<void> ask_for_success(const base::UniqueFd& connection, const HttpRequest& request,
                                   Clock::time_point deadline);

}  // namespace vmcred::runner
