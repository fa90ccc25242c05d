// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/qmp.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "runner/socket/deadline.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

// QEMU's longest answers to what we ask are a few hundred bytes.
constexpr std::size_t k_max_line_bytes = 1024 * 1024;

constexpr std::string_view k_no_answer = "QEMU did not answer in time";

Error vmm_error(std::string_view what) { return {.kind = ErrorKind::vmm, .what = std::string(what)}; }

nlohmann::json parse_object(const std::string& line) {
  auto message = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  return message.is_object() ? message : nlohmann::json::object();
}

// How long connect() and send() may block.
Result<void> limit_blocking(int socket, Clock::time_point deadline) {
  const int left = std::max(milliseconds_until(deadline), 1);  // zero would mean: for ever
  const timeval limit{.tv_sec = left / 1000, .tv_usec = left % 1000 * 1000};
  if (::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit) != 0)
    return base::errno_error("QMP");
  return {};
}

// Sends without SIGPIPE: a QEMU that is gone is an error to report, not the end of this process.
Result<void> send_all(int socket, std::string_view text, Clock::time_point deadline) {
  VMCRED_TRY(limit_blocking(socket, deadline));
  while (!text.empty()) {
    const ssize_t n = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return vmm_error(k_no_answer);
    if (n < 0) return base::errno_error("QMP");
    text.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

}  // namespace

Result<QmpClient> QmpClient::connect(const std::string& socket_path, Clock::time_point deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof address.sun_path)
    return vmm_error(concat(socket_path, ": the path is too long for a socket"));
  std::memcpy(address.sun_path, socket_path.c_str(), socket_path.size() + 1);

  QmpClient client(UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  if (!client.m_socket.valid()) return base::errno_error("socket");
  VMCRED_TRY(limit_blocking(client.m_socket.get(), deadline));
  if (::connect(client.m_socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return errno == EAGAIN ? vmm_error(k_no_answer)
                           : vmm_error(concat(socket_path, ": ", base::errno_text(errno)));
  VMCRED_TRY_ASSIGN(const std::string greeting, client.read_line(deadline));
  if (!parse_object(greeting).contains("QMP"))
    return vmm_error(concat(socket_path, ": the peer is not QEMU"));
  VMCRED_TRY(client.execute("qmp_capabilities", deadline));
  return client;
}

Result<void> QmpClient::execute(std::string_view command, Clock::time_point deadline) {
  return send_request(command, nlohmann::json{{"execute", command}}.dump(), deadline);
}

Result<void> QmpClient::press_keys(std::span<const std::string_view> keys, Clock::time_point deadline) {
  constexpr std::string_view k_command = "send-key";
  auto pressed = nlohmann::json::array();
  for (const auto key : keys) pressed.push_back({{"type", "qcode"}, {"data", key}});
  const nlohmann::json request = {{"execute", k_command}, {"arguments", {{"keys", pressed}}}};
  return send_request(k_command, request.dump(), deadline);
}

Result<void> QmpClient::send_request(std::string_view command, const std::string& request,
                                     Clock::time_point deadline) {
  VMCRED_TRY(send_all(m_socket.get(), concat(request, "\n"), deadline));
  for (;;) {
    VMCRED_TRY_ASSIGN(const std::string line, read_line(deadline));
    const auto answer = parse_object(line);
    if (answer.contains("return")) return {};
    if (answer.contains("error")) return vmm_error(concat("QMP command ", command, " was refused"));
  }
}

Result<std::string> QmpClient::read_line(Clock::time_point deadline) {
  for (;;) {
    if (const auto end = m_received.find('\n'); end != std::string::npos) {
      std::string line = m_received.substr(0, end);
      m_received.erase(0, end + 1);
      return line;
    }
    if (m_received.size() > k_max_line_bytes) return vmm_error("QMP answer without an end");
    if (Clock::now() >= deadline) return vmm_error(k_no_answer);  // however much it says meanwhile
    pollfd waiting{.fd = m_socket.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&waiting, 1, milliseconds_until(deadline));
    if (ready < 0 && errno == EINTR) continue;
    if (ready < 0) return base::errno_error("QMP");
    if (ready == 0) return vmm_error(k_no_answer);
    char buffer[4096];
    const ssize_t n = ::read(m_socket.get(), buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return base::errno_error("QMP");
    if (n == 0) return vmm_error("QEMU closed the connection");
    m_received.append(buffer, static_cast<std::size_t>(n));
  }
}

}  // namespace vmcred::runner
