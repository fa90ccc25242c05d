// SPDX-License-Identifier: Apache-2.0
// A filter for the system calls of a program that is not ours: what would let it reach the kernel's settings,
// other processes, the caller's terminal or keyrings, or a new namespace's privileges fails for it, and so
// does what is newer than this list. All else works, so that ordinary programs don't notice.
// docs/threat-model.md names the walls that it is one of.
#pragma once

#include <linux/filter.h>
#include <optional>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vmcred::confine {

struct SystemCallRules {
  // AF_…: the only sockets that can be made; nothing: all families.
  std::optional<std::vector<int>> socket_families = std::nullopt;
  // io_uring does its work where no filter sees it.
  bool io_uring = false;
  // New mount, user and other namespaces, and mounts in them.
  bool namespaces = false;
};

// Immutable; any thread.
class SystemCallFilter {
 public:
  // Fails with a host error where libseccomp does not know this machine.
  static base::Result<SystemCallFilter> make(const SystemCallRules& rules);

  // Puts the calling thread, and all that it starts from now on, behind the filter, with no_new_privs; there
  // is no way back. 0, or the errno. Safe between fork() and exec() of a program with threads.
  int apply() const;

  // The same in an unnamed memory file at its beginning, as bubblewrap's --seccomp takes it.
  base::Result<base::UniqueFd> file() const;

 private:
  explicit SystemCallFilter(std::vector<sock_filter> program) : m_program(std::move(program)) {}

  std::vector<sock_filter> m_program;
};

}  // namespace vmcred::confine
