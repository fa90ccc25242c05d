// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/name_rules.h"
#include "config/unit_names.h"
#include "credential/credential.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

// systemd keeps a unit's credentials in a file system of 1 MiB, a page each.
constexpr std::size_t k_most_credentials = 256;

// The bytes of a value of this many random ones, as far as its encoding tells.
std::size_t encoded_size(const RandomSource& source) {
  using enum RandomSource::Encoding;
  if (source.encoding == base64) return (source.bytes + 2) / 3 * 4;
  return source.encoding == hex ? source.bytes * 2 : source.bytes;
}

void check_name_length(const TableReader& reader, std::string_view unit, std::string_view credential) {
  if (unit.size() + credential.size() <= k_max_unit_and_credential_bytes) return;
  reader.report("secrets",
                concat("the names ", quoted(unit), " and ", quoted(credential), " have more than ",
                       k_max_unit_and_credential_bytes,
                       " characters together, which systemd can't ask the provider for"),
                "shorten the name of the VM or of the secret");
}

void check_rotation_name(const TableReader& reader, const VirtualMachine& vm, const Secret& secret) {
  if (secret.rotate.empty()) return;
  if (is_unit_name(concat(rotation_unit_stem(vm.name, secret.name.text()), ".service"))) return;
  reader.report("secrets",
                concat("secret ", quoted(secret.name.text()),
                       " has a name too long for the unit that would "
                       "rotate it"),
                "shorten the name of the VM or of the secret");
}

}  // namespace

void check_unit_limits(const TableReader& reader, const VirtualMachine& vm) {
  const std::string unit = vm_unit_name(vm.name);
  std::size_t bytes = 0;
  for (const Secret& secret : vm.secrets) {
    const credential::CredentialName name = secret.name.host_credential();
    if (is_provided(vm, secret)) check_name_length(reader, unit, name.text());
    check_rotation_name(reader, vm, secret);
    if (const auto* random = std::get_if<RandomSource>(&secret.source))
      bytes += name.text().size() + encoded_size(*random);
  }
  if (vm.secrets.size() > k_most_credentials)
    reader.report("secrets", concat(reader.title(), " has ", vm.secrets.size(),
                                    " secrets, systemd gives a unit at most ", k_most_credentials));
  if (bytes > credential::k_max_credential_bytes)
    reader.report("secrets", concat("the secrets of ", reader.title(), " have at least ",
                                    base::byte_count(bytes), ", systemd gives a unit at most ",
                                    base::byte_count(credential::k_max_credential_bytes)));
}

}  // namespace vmcred::config
