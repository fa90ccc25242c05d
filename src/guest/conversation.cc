// SPDX-License-Identifier: Apache-2.0
#include "guest/conversation.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <array>

#include "credential/archive.h"
#include "credential/pull.h"
#include "guest/timed_io.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using credential::PullAnswer;
using secret::SecretBuffer;

constexpr int k_quiet_milliseconds = 100;

std::span<const std::byte> as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

bool has_bytes(int connection, int milliseconds) {
  pollfd waiting{.fd = connection, .events = POLLIN, .revents = 0};
  return ::poll(&waiting, 1, milliseconds) > 0 && (waiting.revents & POLLIN) != 0;
}

// The archive's length.
Result<std::size_t> read_head(int connection, Deadline deadline) {
  std::array<std::byte, credential::k_pull_length_bytes> head{};
  std::size_t used = 0;
  for (;;) {
    const PullAnswer answer = credential::read_pull_answer(std::span(head).first(used));
    switch (answer.kind) {
      case PullAnswer::Kind::archive:
        return answer.archive_bytes;
      case PullAnswer::Kind::gone:
        return Error{.kind = ErrorKind::credential,
                     .what = "the host has handed over this guest's credentials already",
                     .hint = "it does so once for each start of the VM: restart the VM on the host"};
      case PullAnswer::Kind::wrong:
        return Error{.kind = ErrorKind::credential, .what = "the host's answer is none of vmcred's"};
      case PullAnswer::Kind::unfinished:
        break;
    }
    VMCRED_TRY_ASSIGN(const std::size_t n, receive_some(connection, std::span(head).subspan(used), deadline));
    used += n;
  }
}

}  // namespace

Result<void> discard_old_answer(int connection, Deadline deadline) {
  VMCRED_TRY_ASSIGN(SecretBuffer old, SecretBuffer::zeroed(4096));
  if (!has_bytes(connection, 0)) return {};
  while (has_bytes(connection, k_quiet_milliseconds))
    VMCRED_TRY(receive_some(connection, old.writable_bytes(), deadline));
  return {};
}

Result<credential::CredentialSet> ask_for_set(int connection, Deadline deadline) {
  VMCRED_TRY(send_all(connection, as_bytes(credential::k_pull_request), deadline));
  VMCRED_TRY_ASSIGN(const std::size_t size, read_head(connection, deadline));
  VMCRED_TRY_ASSIGN(SecretBuffer archive, SecretBuffer::zeroed(size));
  VMCRED_TRY(receive_all(connection, archive.writable_bytes(), deadline));
  return credential::read_archive(archive.bytes());
}

Result<void> say_taken(int connection, Deadline deadline) {
  VMCRED_TRY(send_all(connection, as_bytes(credential::k_pull_taken), deadline));
  wait_until_heard(connection);
  return {};
}

}  // namespace vmcred::guest
