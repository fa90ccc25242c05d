// SPDX-License-Identifier: Apache-2.0
#include "credential/provider_protocol.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::credential {
namespace {

constexpr std::size_t k_max_digits = 16;
constexpr std::size_t k_max_unit_bytes = 255;
constexpr std::string_view k_scope = "/unit/";

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

base::Error not_systemds(std::string_view name) {
  return {.kind = base::ErrorKind::refused,
          .what = base::concat("the peer's socket name ", base::quoted(name), " is none of systemd's"),
          .hint = "only LoadCredential= of a unit may connect"};
}

}  // namespace

bool is_unit_of_peer(std::string_view text) {
  constexpr std::string_view k_others = ":-_.\\@";
  const auto dot = text.rfind('.');
  return text.size() <= k_max_unit_bytes && dot != std::string_view::npos && dot != 0 &&
         dot + 1 < text.size() && text.front() != '.' && std::ranges::all_of(text, [&](char c) {
           return is_letter_or_digit(c) || k_others.find(c) != std::string_view::npos;
         });
}

base::Result<ProviderRequest> parse_peer_name(std::string_view name) {
  if (!name.starts_with('\0')) return not_systemds(name);
  const std::string_view rest = name.substr(1);
  const auto digits = static_cast<std::size_t>(std::ranges::find_if_not(rest, is_hex_digit) - rest.begin());
  if (digits == 0 || digits > k_max_digits || !rest.substr(digits).starts_with(k_scope))
    return not_systemds(name);
  const std::string_view unit_and_id = rest.substr(digits + k_scope.size());
  const auto slash = unit_and_id.find('/');
  if (slash == std::string_view::npos) return not_systemds(name);
  const std::string_view unit = unit_and_id.substr(0, slash);
  auto id = CredentialName::parse(unit_and_id.substr(slash + 1));
  if (!is_unit_of_peer(unit) || !id) return not_systemds(name);
  return ProviderRequest{.unit = std::string(unit), .id = *std::move(id)};
}

bool holds_refusal(std::span<const std::byte> value) {
  return std::string_view(reinterpret_cast<const char*>(value.data()), value.size()).find(k_refusal_text) !=
         std::string_view::npos;
}

}  // namespace vmcred::credential
