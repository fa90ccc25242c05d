// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>
#include <sys/time.h>
#include <algorithm>
#include <cerrno>

#include "base/text.h"
#include "base/unique_fd.h"
#include "credential/name.h"
#include "guest/commands.h"
#include "guest/directory.h"
#include "guest/notify_address.h"
#include "guest/timed_io.h"
#include "guest/vsock.h"

namespace vmcred::guest {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;

constexpr timeval k_send_time{.tv_sec = 10, .tv_usec = 0};

Result<NotifyAddress> host_address(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const auto directory, CredentialDirectory::open_system(arguments));
  VMCRED_TRY_ASSIGN(const auto credentials, directory.list());
  const std::string name(credential::k_notify_name);
  if (std::ranges::find(credentials, name, &StoredCredential::name) == credentials.end())
    return Error{.kind = ErrorKind::credential,
                 .what = concat("there is no credential ", base::quoted(name), " in ", directory.path()),
                 .hint = "the host sends it when the VM has 'vsock.cid' and runs as a unit of systemd's"};
  VMCRED_TRY_ASSIGN(const auto value, directory.read(name));
  const auto text = value.bytes();
  const auto address = parse_notify_address({reinterpret_cast<const char*>(text.data()), text.size()});
  if (!address)
    return Error{
        .kind = ErrorKind::credential,
        .what = concat("credential ", base::quoted(name), " is not of the form vsock-stream:CID:PORT")};
  return *address;
}

Result<std::string> message_of(const command::Arguments& arguments) {
  const auto status = arguments.value("--status");
  if (status && std::ranges::any_of(*status, [](char c) { return static_cast<unsigned char>(c) < 0x20; }))
    return Error{.kind = ErrorKind::usage, .what = "--status takes one line without control characters"};
  std::string message = arguments.has("--ready") || !status ? "READY=1\n" : "";
  if (status) message += concat("STATUS=", *status, "\n");
  return message;
}

Error cannot_notify(std::string_view step) {
  return {.kind = ErrorKind::host, .what = concat("virtio socket: ", step, ": ", base::errno_text(errno))};
}

// The host closes the connection once it has the message.
Result<void> send_message(const UniqueFd& socket, std::string_view message) {
  if (::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &k_send_time, sizeof k_send_time) != 0)
    return cannot_notify("set a time limit");
  if (::send(socket.get(), message.data(), message.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(message.size()))
    return cannot_notify("send");
  wait_until_heard(socket.get());
  return {};
}

}  // namespace

Result<void> run_notify(const command::Arguments& arguments, const command::Streams&) {
  VMCRED_TRY_ASSIGN(const std::string message, message_of(arguments));
  VMCRED_TRY_ASSIGN(const NotifyAddress address, host_address(arguments));
  VMCRED_TRY_ASSIGN(const UniqueFd socket, connect_by_vsock(address.cid, address.port));
  return send_message(socket, message);
}

}  // namespace vmcred::guest
