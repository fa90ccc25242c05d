// SPDX-License-Identifier: Apache-2.0
// For tests, in a child: rights over mounts and networks that nobody else sees.
#pragma once

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>
#include <string>

#include "base/file.h"
#include "base/text.h"

namespace vmcred::guest {

// Makes this process root over mounts of its own, or over what else the flags name. False where the host
// allows no user namespaces.
inline bool enter_namespaces(int flags = CLONE_NEWNS) {
  const std::string user = base::concat("0 ", ::getuid(), " 1");
  const std::string group = base::concat("0 ", ::getgid(), " 1");
  const auto write = [](const char* path, const std::string& text) {
    const auto fd = base::open_file(path, O_WRONLY);
    return fd && base::write_all(fd->get(), std::as_bytes(std::span(text)), path);
  };
  return ::unshare(CLONE_NEWUSER | flags) == 0 && write("/proc/self/uid_map", user) &&
         write("/proc/self/setgroups", "deny") && write("/proc/self/gid_map", group);
}

}  // namespace vmcred::guest
