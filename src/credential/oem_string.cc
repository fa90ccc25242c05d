// SPDX-License-Identifier: Apache-2.0
#include "credential/oem_string.h"

#include <algorithm>
#include <cassert>
#include <string_view>

#include "base/text.h"
#include "secret/base64.h"

namespace vmcred::credential {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

constexpr std::string_view k_text_prefix = "io.systemd.credential:";
constexpr std::string_view k_binary_prefix = "io.systemd.credential.binary:";
constexpr std::byte k_name_end{'='};

using Bytes = std::span<const std::byte>;

Bytes as_bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

bool starts_with(Bytes bytes, std::string_view prefix) {
  const Bytes wanted = as_bytes(prefix);
  return bytes.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), bytes.begin());
}

// What stands where a name is expected may be a part of a secret, so that no error quotes it.
Error bad_string(std::string_view reason) {
  return {.kind = ErrorKind::credential, .what = base::concat("a credential's OEM string ", reason)};
}

Result<secret::SecretBuffer> decode_value(Bytes base64) {
  // One byte more, so that there is a place even for the value that base64 "" stands for.
  VMCRED_TRY_ASSIGN(auto value, secret::SecretBuffer::zeroed(base64.size() / 4 * 3 + 1));
  const auto size = secret::base64_decode(base64, value.writable_bytes());
  if (!size) return bad_string("has a value that is not base64");
  value.truncate(*size);
  return value;
}

}  // namespace

std::size_t oem_string_length(const CredentialName& name, std::size_t value_size) {
  return k_binary_prefix.size() + name.text().size() + 1 + secret::base64_length(value_size);
}

void write_oem_string(const Credential& credential, std::span<std::byte> out) {
  assert(out.size() == oem_string_length(credential.name, credential.value.size()));
  const Bytes prefix = as_bytes(k_binary_prefix);
  const Bytes name = as_bytes(credential.name.text());
  auto place = std::copy(prefix.begin(), prefix.end(), out.begin());
  place = std::copy(name.begin(), name.end(), place);
  *place++ = k_name_end;
  secret::base64_encode(credential.value.bytes(), {place, out.end()});
}

Result<std::optional<Credential>> read_oem_string(std::span<const std::byte> text) {
  const bool is_binary = starts_with(text, k_binary_prefix);
  if (!is_binary && !starts_with(text, k_text_prefix)) return std::nullopt;

  const Bytes assignment = text.subspan(is_binary ? k_binary_prefix.size() : k_text_prefix.size());
  const auto name_end = std::find(assignment.begin(), assignment.end(), k_name_end);
  if (name_end == assignment.end()) return bad_string("has no '='");
  const auto name_size = static_cast<std::size_t>(name_end - assignment.begin());
  auto name = CredentialName::parse({reinterpret_cast<const char*>(assignment.data()), name_size});
  if (!name) return bad_string("has a name that systemd does not accept");

  const Bytes value_text = assignment.subspan(name_size + 1);
  VMCRED_TRY_ASSIGN(auto value,
                    is_binary ? decode_value(value_text) : secret::SecretBuffer::copy_of(value_text));
  if (value.size() > k_max_credential_bytes) return bad_string("has a value larger than 1 MiB");
  return Credential{.name = *std::move(name), .value = std::move(value)};
}

}  // namespace vmcred::credential
