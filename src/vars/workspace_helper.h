// SPDX-License-Identifier: Apache-2.0
// The helper's side of vars/workspace.h.
#pragma once

#include <string>
#include <vector>

namespace vmcred::vars {

// What the helper tells first, with the folder's descriptor where all went well.
struct HelperReport {
  int error_number = 0;
  char stage[48] = {};  // what failed
};

struct HelperEnds {
  int socket;
  int output;
  int started;
};

// Never returns. Reports the folder, waits for a byte, runs the command, and reports its status.
[[noreturn]] void run_workspace_helper(const std::vector<std::string>& command, const HelperEnds& ends);

// A message with a descriptor; -1 for none. True if it was sent.
bool send_with_descriptor(int socket, const HelperReport& report, int descriptor);

}  // namespace vmcred::vars
