// SPDX-License-Identifier: Apache-2.0
#include "config/unit_names.h"

#include "base/text.h"
#include "config/name_rules.h"

namespace vmcred::config {
namespace {

using base::concat;

constexpr std::string_view k_vm_unit_prefix = "microvm@";
constexpr std::string_view k_service_suffix = ".service";

}  // namespace

std::string user_name(const VirtualMachine& vm) {
  return vm.user.empty() ? base::concat("microvm-", vm.name) : vm.user;
}

std::string vm_unit_name(std::string_view vm) { return concat(k_vm_unit_prefix, vm, k_service_suffix); }

std::optional<std::string_view> vm_of_unit(std::string_view unit) {
  if (!unit.starts_with(k_vm_unit_prefix) || !unit.ends_with(k_service_suffix)) return std::nullopt;
  unit.remove_prefix(k_vm_unit_prefix.size());
  if (unit.size() <= k_service_suffix.size()) return std::nullopt;
  unit.remove_suffix(k_service_suffix.size());
  if (!is_vm_name(unit)) return std::nullopt;
  return unit;
}

std::string rotation_unit_stem(std::string_view vm, std::string_view secret) {
  return concat("vmcred-rotate@", vm, ":", secret);
}

std::string watch_unit_stem(std::string_view vm) { return concat("vmcred-watch@", vm); }

std::string encrypted_credential_path(const VirtualMachine& vm, const Secret& secret) {
  return concat("/etc/credstore.encrypted/microvm@", vm.name, ".", secret.name.host_credential().text());
}

bool is_kept(const Secret& secret) {
  return std::holds_alternative<RandomSource>(secret.source) ||
         std::holds_alternative<GeneratorSource>(secret.source);
}

bool is_provided(const VirtualMachine& vm, const Secret& secret) {
  return is_kept(secret) && vm.deliver == Delivery::provider;
}

}  // namespace vmcred::config
