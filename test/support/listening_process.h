// SPDX-License-Identifier: Apache-2.0
// For tests: a process of its own that listens on a Unix socket, for servers that are played to a client.
// It ends with the test program, or when it is destroyed.
#pragma once

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <csignal>
#include <cstring>
#include <functional>
#include <string>

#include "support/child.h"

namespace vmcred::test_support {

class ListeningProcess {
 public:
  // What the process does with its listener. It must not return.
  using Work = std::function<void(int listener)>;

  // Listens on `path` with this backlog, after `begin` in the process. Returns once it listens, or has failed
  // to.
  ListeningProcess(const std::string& path, int backlog, const std::function<void()>& begin,
                   const Work& work) {
    int ready[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ready, O_CLOEXEC), 0);
    const base::UniqueFd ready_end(ready[0]);
    base::UniqueFd telling_end(ready[1]);
    m_process = ::fork();
    if (m_process == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      begin();
      const int listener = listen_on(path, backlog);
      if (listener < 0 || ::write(telling_end.get(), "", 1) != 1) ::_exit(k_deaf);
      telling_end = base::UniqueFd();
      work(listener);
      ::_exit(k_deaf);
    }
    telling_end = base::UniqueFd();
    char nothing = 0;
    EXPECT_EQ(::read(ready_end.get(), &nothing, 1), 1) << path << ": nobody listens there";
  }
  ListeningProcess(const ListeningProcess&) = delete;
  ListeningProcess& operator=(const ListeningProcess&) = delete;
  ListeningProcess(ListeningProcess&&) = delete;
  ListeningProcess& operator=(ListeningProcess&&) = delete;
  ~ListeningProcess() {
    if (m_process <= 0) return;
    ::kill(m_process, SIGKILL);
    wait_for(m_process);
  }

  pid_t process() const { return m_process; }

  // How it ended, once it has.
  ChildOutcome wait() {
    const int status = wait_for(m_process);
    m_process = -1;
    return {.status = status, .text = {}};
  }

 private:
  static constexpr int k_deaf = 120;

  // The listener, or -1: where the path is too long, too.
  static int listen_on(const std::string& path, int backlog) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return -1;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return -1;
    return ::listen(listener, backlog) == 0 ? listener : -1;
  }

  pid_t m_process = -1;
};

}  // namespace vmcred::test_support
