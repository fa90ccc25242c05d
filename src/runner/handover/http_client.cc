// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/http_client.h"

#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <string_view>

#include "base/deadline.h"
#include "base/text.h"
#include "systemd/unix_address.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr std::size_t k_most_descriptors = 64;
constexpr auto k_pause = std::chrono::milliseconds(1);

// "HTTP/1.1 204": all that is read of an answer.
constexpr std::string_view k_version = "HTTP/1.";
constexpr std::size_t k_status_line_bytes = k_version.size() + 5;
constexpr std::size_t k_status_digits = 3;

Error vmm_error(std::string what) { return {.kind = ErrorKind::vmm, .what = std::move(what)}; }

bool is_for_later(int error) { return error == EAGAIN || error == EWOULDBLOCK; }

// A server may answer before it has read all, and hang up: what it said counts.
bool has_hung_up(int error) { return error == EPIPE || error == ECONNRESET; }

// One exchange, with the deadline that all its steps share.
class Exchange {
 public:
  Exchange(int socket, const HttpRequest& request, Clock::time_point deadline)
      : m_socket(socket), m_request(request), m_deadline(deadline) {}

  Result<int> run() {
    if (m_request.descriptors.size() > k_most_descriptors) return failure("too many descriptors");
    VMCRED_TRY_ASSIGN(const std::size_t size, body_size());
    const bool has_body = size > 0;
    const std::string head = concat(
        m_request.method, " ", m_request.path, " HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n",
        has_body ? concat("Content-Type: application/json\r\nContent-Length: ", size, "\r\n") : "", "\r\n");
    VMCRED_TRY(send_text(concat(head, m_request.text)));
    if (m_request.file != nullptr) VMCRED_TRY(send_file(size));
    return read_status();
  }

 private:
  Error failure(std::string_view reason) const {
    return vmm_error(concat(m_request.method, " ", m_request.path, ": ", reason));
  }
  Error failure_of_system() const { return failure(base::errno_text(errno)); }

  Result<void> wait_for(short events) const {
    if (is_ready_by(m_deadline, m_socket, events)) return {};
    return failure("no answer in time");
  }

  Result<std::size_t> body_size() const {
    if (m_request.file == nullptr) return m_request.text.size();
    struct stat status{};
    if (::fstat(m_request.file->get(), &status) != 0) return failure_of_system();
    return static_cast<std::size_t>(status.st_size);
  }

  // The descriptors go with the first bytes that the kernel takes.
  Result<void> send_text(std::string_view text) {
    bool with_descriptors = !m_request.descriptors.empty();
    while (!text.empty() && !m_is_hung_up) {
      const ssize_t n = with_descriptors ? send_with_descriptors(text)
                                         : ::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL);
      if (n >= 0) {
        with_descriptors = false;
        text.remove_prefix(static_cast<std::size_t>(n));
        continue;
      }
      VMCRED_TRY(bear_failure());
    }
    return {};
  }

  ssize_t send_with_descriptors(std::string_view text) const {
    const std::size_t bytes = m_request.descriptors.size() * sizeof(int);
    alignas(cmsghdr) std::array<char, CMSG_SPACE(k_most_descriptors * sizeof(int))> control{};
    iovec part{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = CMSG_SPACE(bytes);
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(bytes);
    std::memcpy(CMSG_DATA(header), m_request.descriptors.data(), bytes);
    return ::sendmsg(m_socket, &message, MSG_NOSIGNAL);
  }

  Result<void> send_file(std::size_t size) {
    off_t offset = 0;
    while (static_cast<std::size_t>(offset) < size && !m_is_hung_up) {
      const ssize_t n =
          ::sendfile(m_socket, m_request.file->get(), &offset, size - static_cast<std::size_t>(offset));
      if (n == 0) return failure("its body is cut");
      if (n < 0) VMCRED_TRY(bear_failure());
    }
    return {};
  }

  // After a call that gave an error: waits where that helps.
  Result<void> bear_failure() {
    if (errno == EINTR) return {};
    if (is_for_later(errno)) return wait_for(POLLOUT);
    if (!has_hung_up(errno)) return failure_of_system();
    m_is_hung_up = true;
    return {};
  }

  Result<int> read_status() const {
    std::array<char, k_status_line_bytes> line{};
    for (std::size_t size = 0; size < line.size();) {
      const ssize_t n = ::recv(m_socket, line.data() + size, line.size() - size, 0);
      if (n > 0) {
        size += static_cast<std::size_t>(n);
      } else if (n == 0 || has_hung_up(errno)) {
        return failure("the connection was closed without an answer");
      } else if (is_for_later(errno)) {
        VMCRED_TRY(wait_for(POLLIN));
      } else if (errno != EINTR) {
        return failure_of_system();
      }
    }
    const char* const digits = line.data() + line.size() - k_status_digits;
    int status = 0;
    const auto [end, wrong] = std::from_chars(digits, digits + k_status_digits, status);
    if (!std::string_view(line.data(), line.size()).starts_with(k_version) || wrong != std::errc() ||
        end != digits + k_status_digits)
      return failure("the answer is not HTTP");
    return status;
  }

  int m_socket;
  const HttpRequest& m_request;
  Clock::time_point m_deadline;
  bool m_is_hung_up = false;
};

}  // namespace

Result<UniqueFd> connect_to_api(const std::string& socket_path, Clock::time_point deadline) {
  VMCRED_TRY_ASSIGN(const auto address, systemd::UnixAddress::parse(socket_path));
  UniqueFd connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!connection.valid()) return base::errno_error("local socket");
  while (::connect(connection.get(), address.get(), address.size()) != 0) {
    const int error = errno;
    // A full queue: the kernel does not tell when there is room again.
    const bool may_take_it = is_for_later(error) || error == EINTR;
    if (!may_take_it || !base::pause_before(deadline, k_pause))
      return vmm_error(concat(socket_path, ": ", base::errno_text(error)));
  }
  return connection;
}

Result<int> ask_for_status(const UniqueFd& connection, const HttpRequest& request,
                           Clock::time_point deadline) {
  return Exchange(connection.get(), request, deadline).run();
}

Result<void> ask_for_success(const UniqueFd& connection, const HttpRequest& request,
                             Clock::time_point deadline) {
  constexpr int k_first_success = 200;
  constexpr int k_last_success = 299;
  VMCRED_TRY_ASSIGN(const int status, ask_for_status(connection, request, deadline));
  if (status >= k_first_success && status <= k_last_success) return {};
  return vmm_error(concat(request.method, " ", request.path, ": refused with status ", status));
}

}  // namespace vmcred::runner
