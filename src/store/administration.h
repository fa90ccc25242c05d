// SPDX-License-Identifier: Apache-2.0
// Who reads what, changed by hand: users, machines and groups of the sops backend. Each function stages the
// change and all secrets that it concerns (vars of every placement, and "sops/secrets"), encrypted again on
// all cores; the caller commits with the message. The age backend has its admins in the config, and its
// machines' keys are made on demand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/members.h"
#include "store/store.h"

namespace vmcred::store {

inline constexpr std::string_view k_admins_group = "admins";

// `keyring` must be able to read the secrets that are encrypted again.
struct Administration {
  Transaction& transaction;
  const StoreSettings& settings;
  const Keyring& keyring;
};

struct RecipientChange {
  std::string message;                   // for the commit
  std::vector<std::string> reencrypted;  // the folders of the secrets that are for others now, below the root
};

enum class Replace { no, yes };
enum class MemberKind { user, machine };

// What is there now, committed or not.
base::Result<Members> list_members(const View& view);

// `keys`: age recipients or SSH public keys. Without `replace` a user who is there with other keys is an
// error.
base::Result<RecipientChange> add_user(const Administration& with, const std::string& name,
                                       const std::vector<std::string>& keys, Replace replace);

// The same, and into the group of admins, which may read every secret from now on. The group is made where
// there is none, with the acting admin in it.
base::Result<RecipientChange> add_admin(const Administration& with, const std::string& name,
                                        const std::vector<std::string>& keys, Replace replace);

base::Result<RecipientChange> add_user_keys(const Administration& with, const std::string& name,
                                            const std::vector<std::string>& keys);
// The last key is not removed this way.
base::Result<RecipientChange> remove_user_keys(const Administration& with, const std::string& name,
                                               const std::vector<std::string>& keys);

// A machine that has a key of its own, such as one made from its SSH host key.
base::Result<RecipientChange> add_machine(const Administration& with, const std::string& name,
                                          const std::string& key, Replace replace);

// With all links to it, and with groups that are empty then. Refused where a secret would be left for nobody.
base::Result<RecipientChange> remove_user(const Administration& with, const std::string& name);
base::Result<RecipientChange> remove_machine(const Administration& with, const std::string& name);

// A group comes with its first member and goes with its last one.
base::Result<RecipientChange> add_to_group(const Administration& with, const std::string& group,
                                           MemberKind kind, const std::string& name);
base::Result<RecipientChange> remove_from_group(const Administration& with, const std::string& group,
                                                MemberKind kind, const std::string& name);

}  // namespace vmcred::store
