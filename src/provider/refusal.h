// SPDX-License-Identifier: Apache-2.0
// How a connection says no. The protocol has no word for it: the end of the stream, wherever it is, is the
// end of a value. But systemd refuses values of more than 1 MiB, and fails the unit (243/CREDENTIALS).
#pragma once

#include <cstddef>

#include "credential/credential.h"

namespace vmcred::provider {

// More than enough, whatever was sent before: LoadCredentialEncrypted= would take 128 KiB more.
inline constexpr std::size_t k_refusal_bytes = credential::k_max_credential_bytes + 256UL * 1024;

// What a socket did with bytes.
enum class SendState {
  all,   // it took them
  full,  // it takes no more for now
  gone,  // nobody reads them any more
};

// Sends as much of the refusal, of which `left` bytes are left, as the socket takes without waiting, and
// counts it off. It is a text that a unit's program knows (credential::k_refusal_text), for the case that the
// sender is killed before there is more than 1 MiB of it.
SendState send_refusal(int connection, std::size_t& left);

// send(2) without waiting. `sent` is how many bytes went.
SendState send_some(int connection, const std::byte* bytes, std::size_t size, std::size_t& sent);

}  // namespace vmcred::provider
