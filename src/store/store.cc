// SPDX-License-Identifier: Apache-2.0
#include "store/store.h"

#include "store/age_store.h"
#include "store/parallel.h"
#include "store/sops_store.h"

namespace vmcred::store {

base::Result<std::vector<Access>> Store::access_of(std::span<const Target> targets) const {
  std::vector<Access> found;
  for (const auto& target : targets) {
    VMCRED_TRY_ASSIGN(Access each, access(target.id, target.audience));
    found.push_back(std::move(each));
  }
  return found;
}

base::Result<std::vector<bool>> Store::fix_all(Transaction& transaction, std::span<const Target> targets,
                                               const FixOptions& options) {
  std::vector<bool> fixed;
  for (const auto& target : targets) {
    VMCRED_TRY_ASSIGN(const bool each, fix(transaction, target.id, target.audience, options));
    fixed.push_back(each);
  }
  return fixed;
}

base::Result<std::vector<secret::SecretBuffer>> read_all(const Store& store,
                                                         std::span<const StoredVar> vars) {
  std::vector<secret::SecretBuffer> values(vars.size());
  VMCRED_TRY(in_parallel(vars.size(), [&](std::size_t i) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(values[i], store.read(vars[i].id, vars[i].visibility));
    return {};
  }));
  return values;
}

base::Result<std::unique_ptr<Store>> open_store(const StoreSettings& settings, const Keyring& keyring) {
  VMCRED_TRY_ASSIGN(Places places, places_of(settings));
  VMCRED_TRY_ASSIGN(View disk, View::open(places.root));
  if (settings.backend == Backend::age)
    return std::unique_ptr<Store>(
        std::make_unique<AgeStore>(settings, std::move(places), std::move(disk), keyring));
  return std::unique_ptr<Store>(
      std::make_unique<SopsStore>(settings, std::move(places), std::move(disk), keyring));
}

}  // namespace vmcred::store
