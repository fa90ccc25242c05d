// SPDX-License-Identifier: Apache-2.0
#include "guest/mmds.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string>

#include "base/text.h"
#include "base/unique_fd.h"
#include "credential/archive.h"
#include "credential/pull.h"
#include "guest/http.h"
#include "secret/base64.h"

namespace vmcred::guest {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using secret::SecretBuffer;

constexpr std::uint16_t k_http_port = 80;
constexpr std::size_t k_max_token_bytes = 256;
constexpr std::size_t k_max_base64_bytes = secret::base64_length(credential::k_max_archive_bytes);

std::string host_of(const sockaddr_in& address) {
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &address.sin_addr, text, sizeof text);
  return text;
}

Error connect_error(int error_number) {
  return {.kind = ErrorKind::host, .what = concat("can't connect: ", base::errno_text(error_number))};
}

Result<UniqueFd> connect_by_tcp(const sockaddr_in& address, Deadline deadline) {
  UniqueFd connection(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!connection.valid()) return connect_error(errno);
  if (::connect(connection.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return connection;
  if (errno != EINPROGRESS) return connect_error(errno);
  pollfd waiting{.fd = connection.get(), .events = POLLOUT, .revents = 0};
  if (::poll(&waiting, 1, milliseconds_until(deadline)) <= 0) return connect_error(ETIMEDOUT);
  int failure = 0;
  socklen_t size = sizeof failure;
  if (::getsockopt(connection.get(), SOL_SOCKET, SO_ERROR, &failure, &size) != 0) failure = errno;
  if (failure != 0) return connect_error(failure);
  return connection;
}

Result<SecretBuffer> request(const sockaddr_in& address, std::string_view line, std::string_view header,
                             std::size_t max_body_bytes, Deadline deadline) {
  VMCRED_TRY_ASSIGN(const UniqueFd connection, connect_by_tcp(address, deadline));
  const std::string text = concat(line, " HTTP/1.1\r\nHost: ", host_of(address), "\r\n", header, "\r\n\r\n");
  return exchange_http(connection.get(), text, max_body_bytes, deadline);
}

// It becomes a line of a request, so it must be one.
Result<std::string> get_token(const sockaddr_in& address, Deadline deadline) {
  VMCRED_TRY_ASSIGN(const SecretBuffer body,
                    request(address, "PUT /latest/api/token", "X-metadata-token-ttl-seconds: 60",
                            k_max_token_bytes, deadline));
  std::string token(reinterpret_cast<const char*>(body.bytes().data()), body.size());
  const bool is_word =
      !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
  if (!is_word) return Error{.kind = ErrorKind::credential, .what = "it gives no session token"};
  return token;
}

Result<credential::CredentialSet> decode_set(const SecretBuffer& base64) {
  VMCRED_TRY_ASSIGN(SecretBuffer archive, SecretBuffer::zeroed(base64.size() / 4 * 3 + 1));
  const auto size = secret::base64_decode(base64.bytes(), archive.writable_bytes());
  if (!size) return Error{.kind = ErrorKind::credential, .what = "its archive is not base64"};
  return credential::read_archive(archive.bytes().first(*size));
}

Result<credential::CredentialSet> fetch(const sockaddr_in& address, Deadline deadline) {
  VMCRED_TRY_ASSIGN(const std::string token, get_token(address, deadline));
  VMCRED_TRY_ASSIGN(const SecretBuffer base64,
                    request(address, concat("GET ", credential::k_pull_mmds_path),
                            concat("X-metadata-token: ", token), k_max_base64_bytes, deadline));
  return decode_set(base64);
}

}  // namespace

std::optional<sockaddr_in> parse_mmds_address(std::string_view text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  std::uint16_t port = k_http_port;
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (failure != std::errc() || end != digits.data() + digits.size() || port == 0) return std::nullopt;
    text = text.substr(0, colon);
  }
  address.sin_port = htons(port);
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address.sin_addr) != 1) return std::nullopt;
  return address;
}

Result<credential::CredentialSet> fetch_from_mmds(const sockaddr_in& address, Deadline deadline) {
  auto set = fetch(address, deadline);
  if (!set) return base::in(concat("metadata service at ", host_of(address)), std::move(set));
  return set;
}

}  // namespace vmcred::guest
