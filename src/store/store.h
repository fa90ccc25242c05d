// SPDX-License-Identifier: Apache-2.0
// The encrypted store: one interface, two layouts (clan's sops backend and its age backend), both
// byte-compatible with clan's. Reading needs an identity only where a secret's value is asked for. Nothing
// changes on disk before Transaction::commit(). One thread uses a Store at a time, but for read(), which any
// number may call; its implementation uses all cores.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "secret/buffer.h"
#include "store/keyring.h"
#include "store/transaction.h"
#include "store/var.h"

namespace vmcred::store {

struct StoredVar {
  VarId id;
  Visibility visibility;

  auto operator<=>(const StoredVar&) const = default;
};

// Who can read a secret, against who should. Names are for people ("user alice", "machine web"), or the bare
// recipient where no name is known.
struct Access {
  std::vector<std::string> actual;
  std::vector<std::string> missing;  // should, but can't: `fix` adds them
  std::vector<std::string> stale;    // can, but should not: `fix` removes them
  bool right() const { return missing.empty() && stale.empty(); }
};

// What `fix` may do beyond adding and removing recipients.
struct FixOptions {
  bool rotate_data_key = false;  // new data key where a recipient was removed
};

// A secret, and whom it is for.
struct Target {
  VarId id;
  Audience audience;
};

struct Value {
  VarId id;
  Visibility visibility;
  Audience audience;
  std::span<const std::byte> bytes;
};

class Store {
 public:
  virtual ~Store() = default;

  virtual bool has(const VarId& var, Visibility visibility) const = 0;

  // The file that holds it or would, with its root; encrypted where the var is secret.
  virtual std::string file_of(const VarId& var, Visibility visibility) const = 0;

  // The value, decrypted straight into locked memory. Fails with a `credential` error that names the var
  // where it is not there, tampered with, or not for any identity of the keyring.
  virtual base::Result<secret::SecretBuffer> read(const VarId& var, Visibility visibility) const = 0;

  // The version before the last write(), or rollback().
  virtual bool has_previous(const VarId& var) const = 0;

  virtual base::Result<std::optional<std::string>> validation_hash(const GeneratorId& generator) const = 0;

  // All vars on disk, sorted, declared or not.
  virtual base::Result<std::vector<StoredVar>> list() const = 0;

  // Reads no key. `audience` as for write(). Fails with a `credential` error where the secret is not there.
  virtual base::Result<Access> access(const VarId& var, const Audience& audience) const = 0;

  // Of many at once, in their order, on all cores.
  virtual base::Result<std::vector<Access>> access_of(std::span<const Target> targets) const;

  // Stages new values, encrypted on all cores. A value that was there with other bytes is kept, encrypted, as
  // the previous version where `keep_previous` says so. Open vars that become secret lose their plaintext
  // file.
  virtual base::Result<void> write(Transaction& transaction, std::span<const Value> values,
                                   bool keep_previous) = 0;

  // Stages the exchange of the current and the previous version.
  virtual base::Result<void> rollback(Transaction& transaction, const VarId& var, Visibility visibility) = 0;

  // Stages the removal of the previous version; nothing where there is none.
  virtual base::Result<void> drop_previous(Transaction& transaction, const VarId& var) = 0;

  virtual base::Result<void> remove(Transaction& transaction, const VarId& var) = 0;

  // Nothing removes it.
  virtual base::Result<void> set_validation_hash(Transaction& transaction, const GeneratorId& generator,
                                                 const std::optional<std::string>& hash) = 0;

  // Stages what makes access() right; nothing where it is, or where the secret is not there. True if anything
  // was staged for it.
  virtual base::Result<bool> fix(Transaction& transaction, const VarId& var, const Audience& audience,
                                 const FixOptions& options) = 0;

  // The same for many at once, on all cores. The answers are in the order of `targets`.
  virtual base::Result<std::vector<bool>> fix_all(Transaction& transaction, std::span<const Target> targets,
                                                  const FixOptions& options);

  // Gives each machine that has none a key pair of its own, its private half encrypted to the admins.
  virtual base::Result<void> ensure_machine_keys(Transaction& transaction,
                                                 std::span<const std::string> machines) = 0;

  // What was found odd on the way, and passed over: a sentence each, sorted.
  virtual std::vector<std::string> warnings() const { return {}; }
};

// The values of many vars, in their order, decrypted on all cores. Not of one moment: another process may put
// a transaction in place between two of them.
base::Result<std::vector<secret::SecretBuffer>> read_all(const Store& store, std::span<const StoredVar> vars);

enum class Backend { sops, age };

struct StoreSettings {
  std::string path;  // the "vars" folder; "sops/" or "secrets/" lie beside it
  Backend backend = Backend::sops;
  std::vector<std::string> default_groups = {};  // of these, all that exist may read every secret
  // Of the age backend alone: the admins' recipients, and those of single machines in their place.
  std::vector<std::string> age_recipients = {};
  std::map<std::string, std::vector<std::string>> age_machine_recipients = {};
};

// `keyring` must outlive the store. The store's folder need not exist yet, the folder that it lies in must.
base::Result<std::unique_ptr<Store>> open_store(const StoreSettings& settings, const Keyring& keyring);

}  // namespace vmcred::store
