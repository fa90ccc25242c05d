// SPDX-License-Identifier: Apache-2.0
#include "vars/workspace.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

#include "base/deadline.h"
#include "base/text.h"
#include "vars/line_splitter.h"
#include "vars/workspace_helper.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using Clock = std::chrono::steady_clock;

constexpr const char* k_subject = "sandbox";
constexpr const char* k_hint =
    "generator scripts need user, mount and PID namespaces, also inside of a container: run vmcred where "
    "'unshare --user --mount --pid --fork true' works";

struct Ends {
  UniqueFd ours;
  UniqueFd theirs;
};

Result<Ends> make_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return base::errno_error(k_subject);
  return Ends{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

Result<Ends> make_sockets() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return base::errno_error(k_subject);
  return Ends{UniqueFd(ends[0]), UniqueFd(ends[1])};
}

// Reads what is there. False at the end.
bool pass_on(int output, LineSplitter& lines) {
  char buffer[4096];
  const ssize_t n = ::read(output, buffer, sizeof buffer);
  if (n > 0) lines.add({buffer, static_cast<std::size_t>(n)});
  return n > 0 || (n < 0 && errno == EINTR);
}

// Passes lines on until the helper tells how the program ended; nothing where it takes too long.
Result<std::optional<int>> wait_for_status(int socket, int output, Clock::time_point deadline,
                                           LineSplitter& lines) {
  pollfd watched[] = {{.fd = socket, .events = POLLIN, .revents = 0},
                      {.fd = output, .events = POLLIN, .revents = 0}};
  for (;;) {
    // Also for a program that never stops printing.
    if (Clock::now() >= deadline) return std::optional<int>();
    const int ready = ::poll(watched, 2, base::milliseconds_until(deadline));
    if (ready < 0 && errno != EINTR) return base::errno_error(k_subject);
    if (ready <= 0) continue;
    if (watched[1].revents != 0 && !pass_on(output, lines)) watched[1].fd = -1;  // poll() skips it
    if (watched[0].revents == 0) continue;
    int status = 0;
    if (::recv(socket, &status, sizeof status, 0) == sizeof status) return std::optional(status);
    return Error{.kind = ErrorKind::io, .what = "sandbox: the helper process ended too early"};
  }
}

}  // namespace

Result<Workspace> Workspace::make(const std::vector<std::string>& command) {
  VMCRED_TRY_ASSIGN(Ends sockets, make_sockets());
  VMCRED_TRY_ASSIGN(Ends output, make_pipe());
  VMCRED_TRY_ASSIGN(Ends started, make_pipe());
  const pid_t helper = ::fork();
  if (helper < 0) return base::errno_error(k_subject);
  if (helper == 0)
    run_workspace_helper(command, {sockets.theirs.get(), output.theirs.get(), started.theirs.get()});
  Workspace workspace(helper, std::move(sockets.ours), std::move(output.ours), std::move(started.ours));
  sockets.theirs = UniqueFd();
  VMCRED_TRY(workspace.receive_directory());
  return workspace;
}

Workspace::Workspace(Workspace&& other) noexcept
    : m_helper(std::exchange(other.m_helper, -1)),
      m_socket(std::move(other.m_socket)),
      m_output(std::move(other.m_output)),
      m_started(std::move(other.m_started)),
      m_directory(std::move(other.m_directory)) {}

Workspace::~Workspace() {
  if (m_helper < 0) return;
  ::kill(m_helper, SIGKILL);
  while (::waitpid(m_helper, nullptr, 0) < 0 && errno == EINTR) {}
}

Result<void> Workspace::receive_directory() {
  HelperReport report;
  iovec data{.iov_base = &report, .iov_len = sizeof report};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  const ssize_t n = ::recvmsg(m_socket.get(), &message, MSG_CMSG_CLOEXEC);
  if (n != sizeof report)
    return Error{.kind = ErrorKind::io, .what = "sandbox: the helper process ended too early"};
  if (report.error_number != 0)
    return Error{.kind = ErrorKind::host,
                 .what = concat("sandbox not available: ", static_cast<const char*>(report.stage), ": ",
                                base::errno_text(report.error_number)),
                 .hint = k_hint};
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  int descriptor = -1;
  if (header != nullptr) std::memcpy(&descriptor, CMSG_DATA(header), sizeof descriptor);
  m_directory = UniqueFd(descriptor);
  return {};
}

Result<Workspace::Ending> Workspace::run(std::chrono::milliseconds limit,
                                         const std::function<void(std::string_view)>& line) {
  const auto deadline = Clock::now() + limit;
  const char go = 1;
  if (::send(m_socket.get(), &go, sizeof go, MSG_NOSIGNAL) != sizeof go) return base::errno_error(k_subject);
  LineSplitter lines(line);
  VMCRED_TRY_ASSIGN(const auto status, wait_for_status(m_socket.get(), m_output.get(), deadline, lines));
  if (!status)
    return Error{.kind = ErrorKind::host,
                 .what = concat("takes longer than ", std::chrono::ceil<std::chrono::seconds>(limit).count(),
                                " seconds"),
                 .hint = "a script must not wait for anything: there is no network and nobody to ask"};
  // All writers are gone.
  while (pass_on(m_output.get(), lines)) {}
  lines.finish();
  char byte = 0;
  return Ending{.started = ::read(m_started.get(), &byte, 1) == 1, .status = *status};
}

}  // namespace vmcred::vars
