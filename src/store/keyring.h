// SPDX-License-Identifier: Apache-2.0
// The identities of whoever runs vmcred, from the same places as sops and clan look: $SOPS_AGE_KEY,
// $SOPS_AGE_KEY_FILE, $SOPS_AGE_KEY_CMD, sops/age/keys.txt in the user's config folder, SSH keys; $AGE_KEY
// and $AGE_KEYFILE for the age backend.
#pragma once

#include <string>
#include <vector>

#include "age/age.h"
#include "base/result.h"

namespace vmcred::store {

class Keyring {
 public:
  // Loads every source that is there. A source that is broken is remembered, not an error yet: it is told of
  // where no identity opens a secret. `identity_files` (from the config or the command line) must be right.
  // `prompt` and `ui`, by which age's plugins ask, may be null, and must outlive the keyring. Variables that
  // hold keys are wiped and unset: a second call finds them gone. Not to be called while other threads use
  // the environment.
  static base::Result<Keyring> load(const std::vector<std::string>& identity_files,
                                    const age::PassphrasePrompt* prompt, const age::PluginUi* ui = nullptr);

  // Of these files alone, for a service: whatever is wrong with one is remembered. Identities that would ask
  // a person or start a program are left out.
  static Keyring of_files(const std::vector<std::string>& identity_files);

  age::IdentityList identities() const { return m_identities; }

  // The recipients' texts that these identities open, without duplicates, as far as they are known.
  std::vector<std::string> recipients() const;

  // Those of them that are age's own ("age1…") and not made from SSH keys: what an admin is listed by.
  const std::vector<std::string>& age_recipients() const { return m_age_recipients; }

  // The sources that could not be used, a sentence each.
  const std::vector<std::string>& problems() const { return m_problems; }

 private:
  class Loader;

  age::Identities m_identities;
  std::vector<std::string> m_age_recipients;
  std::vector<std::string> m_problems;
};

}  // namespace vmcred::store
