// SPDX-License-Identifier: Apache-2.0
#include "vars/stored_secret.h"

#include "base/text.h"

namespace vmcred::vars {

store::StoreSettings store_settings(const config::Store& store) {
  store::StoreSettings settings{
      .path = store.path,
      .backend = store.backend == config::StoreBackend::sops ? store::Backend::sops : store::Backend::age,
      .default_groups = store.groups,
      .age_recipients = store.age_recipients};
  for (const auto& [machine, recipients] : store.age_recipients_for)
    settings.age_machine_recipients.emplace(machine, recipients);
  return settings;
}

base::Result<std::optional<secret::SecretBuffer>> find_stored(const store::Store& store,
                                                              const DeclaredVar& var) {
  auto value = store.read(var.id(), var.visibility());
  if (value) return std::optional(*std::move(value));
  // A folder that may not be entered hides its files as well as if they were absent, but for the kind.
  if (value.error().kind == base::ErrorKind::io || store.has(var.id(), var.visibility()))
    return std::move(value).error();
  return std::optional<secret::SecretBuffer>();
}

base::Error not_stored(const config::VirtualMachine& vm, const DeclaredVar& var) {
  return {.kind = base::ErrorKind::credential,
          .what = base::concat("not in the store yet: ", store::path_of(var.id())),
          .hint = base::concat("'vmcred vars generate ", vm.name, "' makes it")};
}

}  // namespace vmcred::vars
