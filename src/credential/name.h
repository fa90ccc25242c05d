// SPDX-License-Identifier: Apache-2.0
// The names that a secret has on its way, all computed from the first:
//
//   secret name        api-key                  vmcred.toml, kebab-case
//   host credential    host-api-key             LoadCredential= of the VM's unit
//   guest credential   API_KEY                  system credential in the guest; may be overridden
//   unit mapping       api-key:API_KEY          LoadCredential= of a guest unit
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::credential {

// A name that systemd accepts for a credential: 1 to 255 bytes of printable ASCII without '/', ':' and not
// "." or
// ".." (systemd's credential_name_valid). '=' is refused as well: an SMBIOS string ends the name at the first
// one.
class CredentialName {
 public:
  // Fails with a `credential` error that says which rule the text breaks.
  static base::Result<CredentialName> parse(std::string_view text);

  const std::string& text() const { return m_text; }
  auto operator<=>(const CredentialName&) const = default;

 private:
  explicit CredentialName(std::string text) : m_text(std::move(text)) {}

  std::string m_text;
};

// The name of a secret in vmcred.toml: lower-case letters, digits and single hyphens between them, so that
// each further name follows from it and two secrets can't become one by accident.
class SecretName {
 public:
  static base::Result<SecretName> parse(std::string_view text);

  const std::string& text() const { return m_text; }
  CredentialName host_credential() const;   // host-api-key; see without_host_prefix()
  CredentialName guest_credential() const;  // API_KEY
  auto operator<=>(const SecretName&) const = default;

 private:
  explicit SecretName(std::string text) : m_text(std::move(text)) {}

  std::string m_text;
};

// The secret's name in that of a host credential, whether it keeps the rules or not; nothing where the text
// is no host credential's.
std::optional<std::string_view> without_host_prefix(std::string_view text);

// Does the guest's systemd itself act on a credential of this name? Whoever chooses such a credential's
// content controls the guest: it adds units, users, keys, files, or tells PID 1 where to report. Source:
// systemd.system-credentials(7) of systemd 262; names of all versions from 252 on count.
bool is_privileged(const CredentialName& name);

// The credential by which the host tells vmcred-guest what to expect; no other may take its name.
inline constexpr std::string_view k_manifest_name = "vmcred.manifest";

// The credential by which a guest's systemd learns where to report; see systemd.system-credentials(7).
inline constexpr std::string_view k_notify_name = "vmm.notify_socket";

}  // namespace vmcred::credential
