// SPDX-License-Identifier: Apache-2.0
#include "unit/credential_lines.h"

#include <algorithm>

#include "base/text.h"
#include "config/unit_names.h"

namespace vmcred::unit {
namespace {

using base::concat;
using base::Result;
using config::Secret;
using config::VirtualMachine;

struct Origin {
  std::string_view setting;
  std::string path;
};

Result<Origin> origin_of(const VirtualMachine& vm, const Secret& secret) {
  if (config::is_provided(vm, secret))
    return Origin{.setting = "LoadCredential", .path = std::string(config::k_provider_socket_path)};
  if (config::is_kept(secret))
    return Origin{.setting = "LoadCredentialEncrypted",
                  .path = config::encrypted_credential_path(vm, secret)};
  const auto* file = std::get_if<config::FileSource>(&secret.source);
  const auto& path = file != nullptr ? file->path : std::get<config::EncryptedSource>(secret.source).path;
  auto value = systemd::line_value(path);
  if (!value) return in(concat("secret ", base::quoted(secret.name.text())), std::move(value));
  return Origin{.setting = file != nullptr ? "LoadCredential" : "LoadCredentialEncrypted",
                .path = *std::move(value)};
}

// The keys of the secret that decide.
std::string_view keys_of(const VirtualMachine& vm, const Secret& secret) {
  if (std::holds_alternative<config::FileSource>(secret.source)) return "path";
  if (std::holds_alternative<config::EncryptedSource>(secret.source)) return "encrypted";
  const bool is_random = std::holds_alternative<config::RandomSource>(secret.source);
  if (vm.deliver == config::Delivery::provider) return is_random ? "random" : "generator";
  return is_random ? "random, deliver" : "generator, deliver";
}

}  // namespace

Result<void> add_credentials(const VirtualMachine& vm, systemd::UnitText& text) {
  for (const Secret& secret : vm.secrets) {
    VMCRED_TRY_ASSIGN(const Origin origin, origin_of(vm, secret));
    text.comment("secrets.", secret.name.text(), " (", keys_of(vm, secret), ")");
    text.set(origin.setting, secret.name.host_credential().text(), ":", origin.path);
  }
  return {};
}

bool uses_provider(const VirtualMachine& vm) {
  return std::ranges::any_of(vm.secrets,
                             [&](const Secret& secret) { return config::is_provided(vm, secret); });
}

}  // namespace vmcred::unit
