// SPDX-License-Identifier: Apache-2.0
// Giving secrets to exactly those who should read them; machine keys.
#include "age/age.h"
#include "age/identity_file.h"
#include "base/text.h"
#include "store/age_files.h"
#include "store/age_store.h"
#include "store/keyring_hint.h"
#include "store/names.h"

namespace vmcred::store {

using base::concat;
using Names = std::vector<std::string>;

base::Result<bool> AgeStore::reseal(Transaction& transaction, const VarId& var, const std::string& file,
                                    const Audience& audience) const {
  const View& view = transaction.view();
  if (!view.has_file(file)) return false;
  VMCRED_TRY_ASSIGN(const Names recipients, wanted(view, var, audience));
  VMCRED_TRY_ASSIGN(const Names present, actual(view, var, file));
  if (recipients == present) return false;
  if (recipients.empty()) return no_recipients(var, audience);
  VMCRED_TRY_ASSIGN(const auto value, open(view, var, file));
  VMCRED_TRY_ASSIGN(const std::string text, seal(value.bytes(), recipients));
  VMCRED_TRY(stage_sealed(transaction, file, text, needs_list(var, audience) ? recipients : Names()));
  return true;
}

base::Result<bool> AgeStore::rekey(Transaction& transaction, const std::string& machine) const {
  const std::string file = machine_private_file(machine);
  const Names admins = admins_of(machine);
  VMCRED_TRY_ASSIGN(const auto text, transaction.read_file(file));
  VMCRED_TRY_ASSIGN(const Names present, listed_recipients(transaction.view(), file));
  if (!text || present == admins || admins.empty()) return false;
  const auto key = age::decrypt(std::as_bytes(std::span(*text)), m_keyring.identities());
  if (!key) return unreadable(key.error(), concat(m_disk.root(), "/", file), m_keyring);
  VMCRED_TRY_ASSIGN(const std::string sealed, seal(key->bytes(), admins));
  VMCRED_TRY(stage_sealed(transaction, file, sealed, admins));
  return true;
}

base::Result<void> AgeStore::add_machine_key(Transaction& transaction, const std::string& machine) const {
  VMCRED_TRY(check_file_name("machine", machine));
  const Names admins = admins_of(machine);
  if (admins.empty())
    return base::Error{.kind = base::ErrorKind::config,
                       .what = concat("no admin could read a key of machine ", base::quoted(machine)),
                       .hint = "list the admins' keys as age_recipients in [store]"};
  VMCRED_TRY_ASSIGN(const age::GeneratedIdentity identity, age::generate_identity());
  VMCRED_TRY_ASSIGN(const auto file, age::identity_file(identity));
  VMCRED_TRY_ASSIGN(const std::string sealed, seal(file.bytes(), admins));
  VMCRED_TRY(stage_sealed(transaction, machine_private_file(machine), sealed, admins));
  return transaction.write_file(machine_public_file(machine), identity.recipient);
}

base::Result<void> AgeStore::ensure_machine_keys(Transaction& transaction,
                                                 std::span<const std::string> machines) {
  for (const auto& machine : machines) {
    VMCRED_TRY_ASSIGN(const std::string recipient, machine_recipient(transaction.view(), machine));
    if (recipient.empty()) VMCRED_TRY(add_machine_key(transaction, machine));
  }
  return {};
}

base::Result<bool> AgeStore::fix(Transaction& transaction, const VarId& var, const Audience& audience,
                                 const FixOptions& /*options*/) {
  VMCRED_TRY(check_id(var));
  if (!transaction.view().has_file(age_file(var))) return false;
  bool fixed = false;
  if (audience.deploy) {
    VMCRED_TRY(ensure_machine_keys(transaction, audience.machines));
    for (const auto& machine : audience.machines) {
      VMCRED_TRY_ASSIGN(const bool changed, rekey(transaction, machine));
      fixed = fixed || changed;
    }
  }
  for (const auto& file : {age_file(var), previous_age_file(var)}) {
    VMCRED_TRY_ASSIGN(const bool changed, reseal(transaction, var, file, audience));
    fixed = fixed || changed;
  }
  return fixed;
}

}  // namespace vmcred::store
