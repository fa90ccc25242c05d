// SPDX-License-Identifier: Apache-2.0
// The sops backend: "secret" files beside the links that say who should read them.
#pragma once

#include <string>
#include <vector>

#include "store/members.h"
#include "store/places.h"
#include "store/store.h"
#include "store/warnings.h"

namespace vmcred::store {

class SopsStore final : public Store {
 public:
  // `keyring` must outlive the store.
  SopsStore(StoreSettings settings, Places places, View disk, const Keyring& keyring);

  bool has(const VarId& var, Visibility visibility) const override;
  std::string file_of(const VarId& var, Visibility visibility) const override;
  base::Result<secret::SecretBuffer> read(const VarId& var, Visibility visibility) const override;
  bool has_previous(const VarId& var) const override;
  base::Result<std::optional<std::string>> validation_hash(const GeneratorId& generator) const override;
  base::Result<std::vector<StoredVar>> list() const override;
  base::Result<Access> access(const VarId& var, const Audience& audience) const override;
  base::Result<std::vector<Access>> access_of(std::span<const Target> targets) const override;
  base::Result<void> write(Transaction& transaction, std::span<const Value> values,
                           bool keep_previous) override;
  base::Result<void> rollback(Transaction& transaction, const VarId& var, Visibility visibility) override;
  base::Result<void> drop_previous(Transaction& transaction, const VarId& var) override;
  base::Result<void> remove(Transaction& transaction, const VarId& var) override;
  base::Result<void> set_validation_hash(Transaction& transaction, const GeneratorId& generator,
                                         const std::optional<std::string>& hash) override;
  base::Result<bool> fix(Transaction& transaction, const VarId& var, const Audience& audience,
                         const FixOptions& options) override;
  base::Result<std::vector<bool>> fix_all(Transaction& transaction, std::span<const Target> targets,
                                          const FixOptions& options) override;
  base::Result<void> ensure_machine_keys(Transaction& transaction,
                                         std::span<const std::string> machines) override;
  std::vector<std::string> warnings() const override { return m_warnings.sorted(); }

 private:
  // A secret's folder as it is, and as it should be.
  struct Folder {
    std::string path;
    Links present;
    Links desired;
    Keys keys;
  };
  struct WriteJob;
  struct FixJob;

  std::string path(const VarId& var, std::string_view name) const;
  base::Result<Members> members(const View& view) const;
  base::Result<std::string> acting_admin(const Members& members) const;
  Links desired_links(const Members& members, const Links& present, const Audience& audience) const;
  base::Result<Access> access_with(const Members& members, const Target& target) const;
  base::Result<Folder> folder_of_secret(const View& view, const Members& members, const VarId& var,
                                        const Audience& audience) const;

  base::Result<void> prepare_write(const View& view, const Members& members, bool keep_previous,
                                   WriteJob& job) const;
  base::Result<void> stage_secret(Transaction& transaction, WriteJob& job) const;
  base::Result<void> stage_open(Transaction& transaction, const Value& value, bool keep_previous) const;
  base::Result<void> prepare_fix(const View& view, const Members& members, const FixOptions& options,
                                 FixJob& job) const;
  base::Result<bool> stage_fix(Transaction& transaction, const FixJob& job) const;
  base::Result<void> add_machine_key(Transaction& transaction, const Members& members,
                                     const std::string& machine) const;

  StoreSettings m_settings;
  Places m_places;
  View m_disk;
  const Keyring& m_keyring;
  mutable Warnings m_warnings;
};

}  // namespace vmcred::store
