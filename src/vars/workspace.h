// SPDX-License-Identifier: Apache-2.0
// A folder in memory, and a program that sees it: both in namespaces of their own, so that it works for root
// and for ordinary users, never touches a disk or swap, and leaves nothing behind, however vmcred ends.
//
// A helper process makes the namespaces and the folder and hands us its descriptor; we fill the folder; the
// helper starts the program as the first process of a PID namespace. When that ends, all that it started is
// gone as well, so whoever reads the folder afterwards is alone with it.
#pragma once

#include <sys/types.h>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::vars {

// Where the program finds the folder.
inline constexpr std::string_view k_workspace_path = "/sys";

// The program's descriptor through which it may say that it is on its way, with any byte.
inline constexpr int k_started_fd = 3;

class Workspace {
 public:
  // `command[0]` is a path. Forks: call it where no other thread runs. Fails with a host error where the
  // kernel does not let us.
  static base::Result<Workspace> make(const std::vector<std::string>& command);
  Workspace(Workspace&& other) noexcept;
  Workspace& operator=(Workspace&&) = delete;
  ~Workspace();

  // The folder: empty, ours alone.
  int directory() const { return m_directory.get(); }

  struct Ending {
    bool started = false;  // it has said so
    int status = 0;        // as waitpid() gives it
  };

  // Runs the command with an empty environment and no input, and gives each line that it prints, on either
  // stream, to `line`, with control characters escaped. Fails where it takes longer than `limit`; then it is
  // no more.
  base::Result<Ending> run(std::chrono::milliseconds limit,
                           const std::function<void(std::string_view)>& line);

 private:
  Workspace(pid_t helper, base::UniqueFd socket, base::UniqueFd output, base::UniqueFd started)
      : m_helper(helper),
        m_socket(std::move(socket)),
        m_output(std::move(output)),
        m_started(std::move(started)) {}
  base::Result<void> receive_directory();

  pid_t m_helper;
  base::UniqueFd m_socket;
  base::UniqueFd m_output;
  base::UniqueFd m_started;
  base::UniqueFd m_directory;
};

}  // namespace vmcred::vars
