// SPDX-License-Identifier: Apache-2.0
#include "credential/name.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::credential {
namespace {

using base::Error;
using base::ErrorKind;

constexpr std::size_t k_max_name_bytes = 255;  // NAME_MAX: the name becomes a file's

// Room for "host-" in front of the longest secret name.
constexpr std::string_view k_host_prefix = "host-";

Error bad_name(std::string_view noun, std::string_view text, std::string_view rule) {
  return {.kind = ErrorKind::credential, .what = base::concat(noun, " ", base::quoted(text), " ", rule)};
}

bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

}  // namespace

base::Result<CredentialName> CredentialName::parse(std::string_view text) {
  constexpr std::string_view k_noun = "credential name";
  if (text.empty()) return bad_name(k_noun, text, "is empty");
  if (text.size() > k_max_name_bytes) return bad_name(k_noun, text, "is longer than 255 bytes");
  if (text == "." || text == "..") return bad_name(k_noun, text, "is a directory's");
  for (const char c : text) {
    if (c < ' ' || c > '~') return bad_name(k_noun, text, "has a byte outside printable ASCII");
    if (c == '/' || c == ':' || c == '=')
      return bad_name(k_noun, text, base::concat("contains '", std::string(1, c), "'"));
  }
  return CredentialName(std::string(text));
}

base::Result<SecretName> SecretName::parse(std::string_view text) {
  constexpr std::string_view k_noun = "secret name";
  const bool right_letters =
      std::all_of(text.begin(), text.end(), [](char c) { return is_lower_or_digit(c) || c == '-'; });
  const bool right_hyphens =
      !text.empty() && text.front() != '-' && text.back() != '-' && text.find("--") == std::string_view::npos;
  if (!right_letters || !right_hyphens)
    return bad_name(k_noun, text, "must be lower-case letters, digits and single hyphens, like 'api-key'");
  if (text.size() > k_max_name_bytes - k_host_prefix.size())
    return bad_name(k_noun, text, "is longer than 250 bytes");
  return SecretName(std::string(text));
}

CredentialName SecretName::host_credential() const {
  return *CredentialName::parse(base::concat(k_host_prefix, m_text));
}

std::optional<std::string_view> without_host_prefix(std::string_view text) {
  if (!text.starts_with(k_host_prefix)) return std::nullopt;
  return text.substr(k_host_prefix.size());
}

CredentialName SecretName::guest_credential() const {
  std::string name = m_text;
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    if (c == '-') return '_';
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return *CredentialName::parse(name);
}

}  // namespace vmcred::credential
