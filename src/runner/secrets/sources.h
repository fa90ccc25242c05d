// SPDX-License-Identifier: Apache-2.0
// Where a VM's secrets come from, and the check that all of them came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "config/model.h"
#include "credential/credential.h"
#include "runner/host/identity.h"
#include "runner/secrets/stored_secrets.h"

namespace vmcred::runner {

// Plays systemd's part where there is none: reads each source as the user we are, root as a rule, and copies
// it into a directory that only `identity` can read, as LoadCredential= does. Source files are opened and
// nothing else: owner, group and mode stay. `stored` has the secrets that no file holds. All sources that
// fail are reported together. Warnings (a source that others may read) go to `warnings`, one sentence each.
base::Result<base::UniqueFd> load_like_systemd(const config::VirtualMachine& vm, StoredSecrets& stored,
                                               const Identity& identity, std::vector<std::string>& warnings);

// Reads the declared secrets from a credentials directory, by their host names. All that lack are reported
// together.
base::Result<credential::CredentialSet> read_secrets(const config::VirtualMachine& vm, int directory_fd);

// Reads the declared secrets straight from their sources, for a user who runs a VM without root or systemd.
base::Result<credential::CredentialSet> read_own_secrets(const config::VirtualMachine& vm,
                                                         StoredSecrets& stored,
                                                         std::vector<std::string>& warnings);

// Adds what is not secret: where the guest reports to ("" for nowhere), the config's values and, last, the
// manifest of all.
base::Result<void> add_static_values_and_manifest(const config::VirtualMachine& vm,
                                                  std::string_view notify_address,
                                                  credential::CredentialSet& set);

}  // namespace vmcred::runner
