// SPDX-License-Identifier: Apache-2.0
// How PID 1 says which credential it wants, when LoadCredential= names a socket: by the abstract name that it
// binds its own end to. systemd.exec(5), LoadCredential=; docs/formats/provider.md.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "credential/name.h"

namespace vmcred::credential {

// What a connection is for.
struct ProviderRequest {
  std::string unit;  // "microvm@web.service"
  CredentialName id;
};

// Parses a peer's socket name, as getpeername(2) gives it behind the address family: a NUL, 1 to 16 hex
// digits, "/unit/", the unit, "/", the credential; nothing behind it. Fails with a `refused` error.
base::Result<ProviderRequest> parse_peer_name(std::string_view name);

// systemd's unit_name_is_valid(), without the rules of single unit types: of 3 to 255 letters, digits and
// ":-_.\@", with a type behind a dot. It is safe as a file's name.
bool is_unit_of_peer(std::string_view text);

// What a refusal repeats (provider/refusal.h).
inline constexpr std::string_view k_refusal_text = "\n-- vmcred-provider: refused --\n";

// Is this no value but the beginning of a refusal, perhaps behind that of a value? systemd takes it for one
// where whoever refused was killed meanwhile.
bool holds_refusal(std::span<const std::byte> value);

}  // namespace vmcred::credential
