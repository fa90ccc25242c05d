// SPDX-License-Identifier: Apache-2.0
#include "systemd/listen_fds.h"

#include <fcntl.h>
#include <unistd.h>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <string_view>

#include "base/scope_exit.h"
#include "base/text.h"

namespace vmcred::systemd {
namespace {

constexpr int k_first_fd = 3;  // SD_LISTEN_FDS_START
constexpr int k_max_fds = 1024;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Takes the first of "name:name:…" off.
std::string next_name(std::string& names) {
  const auto colon = names.find(':');
  std::string name = names.substr(0, colon);
  names.erase(0, colon == std::string::npos ? colon : colon + 1);
  return name.empty() ? "unknown" : name;
}

}  // namespace

base::Result<std::vector<PassedSocket>> take_listen_fds() {
  const base::ScopeExit forget([] {
    for (const char* name : {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"}) ::unsetenv(name);
  });
  std::vector<PassedSocket> sockets;
  if (number(variable("LISTEN_PID")) != ::getpid()) return sockets;
  const auto count = number(variable("LISTEN_FDS"));
  if (!count || *count < 0 || *count > k_max_fds)
    return base::Error{
        .kind = base::ErrorKind::host,
        .what = base::concat("$LISTEN_FDS is no number of sockets: ", base::quoted(variable("LISTEN_FDS")))};
  std::string names = variable("LISTEN_FDNAMES");
  for (int fd = k_first_fd; fd < k_first_fd + *count; ++fd) {
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags < 0 || ::fcntl(fd, F_SETFD, flags | FD_CLOEXEC) != 0)
      return base::Error{
          .kind = base::ErrorKind::host,
          .what = base::concat("$LISTEN_FDS says that descriptor ", fd, " is open: it is not")};
    sockets.push_back({.fd = base::UniqueFd(fd), .name = next_name(names)});
  }
  return sockets;
}

}  // namespace vmcred::systemd
