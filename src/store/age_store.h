// SPDX-License-Identifier: Apache-2.0
// The age backend: one age file a secret, for machine keys where it is deployed, for the admins where it is
// not. Admins read deployed secrets through the machines' private keys, which are encrypted to them: when an
// admin comes or goes, one file a machine changes.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/places.h"
#include "store/store.h"

namespace vmcred::store {

class AgeStore final : public Store {
 public:
  // `keyring` must outlive the store.
  AgeStore(StoreSettings settings, Places places, View disk, const Keyring& keyring);

  bool has(const VarId& var, Visibility visibility) const override;
  std::string file_of(const VarId& var, Visibility visibility) const override;
  base::Result<secret::SecretBuffer> read(const VarId& var, Visibility visibility) const override;
  bool has_previous(const VarId& var) const override;
  base::Result<std::optional<std::string>> validation_hash(const GeneratorId& generator) const override;
  base::Result<std::vector<StoredVar>> list() const override;
  base::Result<Access> access(const VarId& var, const Audience& audience) const override;
  base::Result<void> write(Transaction& transaction, std::span<const Value> values,
                           bool keep_previous) override;
  base::Result<void> rollback(Transaction& transaction, const VarId& var, Visibility visibility) override;
  base::Result<void> drop_previous(Transaction& transaction, const VarId& var) override;
  base::Result<void> remove(Transaction& transaction, const VarId& var) override;
  base::Result<void> set_validation_hash(Transaction& transaction, const GeneratorId& generator,
                                         const std::optional<std::string>& hash) override;
  base::Result<bool> fix(Transaction& transaction, const VarId& var, const Audience& audience,
                         const FixOptions& options) override;
  base::Result<void> ensure_machine_keys(Transaction& transaction,
                                         std::span<const std::string> machines) override;

 private:
  struct WriteJob;

  std::string path(const VarId& var, Visibility visibility) const;  // below the root
  std::vector<std::string> admins_of(const std::string& machine) const;
  base::Result<std::vector<std::string>> wanted(const View& view, const VarId& var,
                                                const Audience& audience) const;
  base::Result<std::vector<std::string>> actual(const View& view, const VarId& var,
                                                const std::string& file) const;
  base::Result<secret::SecretBuffer> open(const View& view, const VarId& var, const std::string& file) const;
  base::Result<const age::Identities*> machine_identities(const View& view, const std::string& machine) const;
  base::Result<std::vector<std::string>> machines_that_read(const View& view, const VarId& var,
                                                            const std::string& file) const;
  base::Result<void> prepare_write(const View& view, bool keep_previous, WriteJob& job) const;
  base::Result<bool> reseal(Transaction& transaction, const VarId& var, const std::string& file,
                            const Audience& audience) const;
  base::Result<bool> rekey(Transaction& transaction, const std::string& machine) const;
  base::Result<void> add_machine_key(Transaction& transaction, const std::string& machine) const;

  StoreSettings m_settings;
  Places m_places;
  View m_disk;
  const Keyring& m_keyring;
  mutable std::mutex m_mutex;  // guards the private keys of machines that were needed
  mutable std::map<std::string, std::unique_ptr<const age::Identities>> m_machine_identities;
};

}  // namespace vmcred::store
