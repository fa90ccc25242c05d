// SPDX-License-Identifier: Apache-2.0
#include "cli/shim/unit_set.h"

#include <cstdlib>

#include "credential/directory.h"
#include "shim/unit_credentials.h"

namespace vmcred::cli {
namespace {

base::Error no_credentials(std::string what) {
  return {.kind = base::ErrorKind::credential,
          .what = std::move(what),
          .hint =
              "add LoadCredential=host-NAME:/path/of/the/secret to the VM's unit, or pass "
              "--allow-no-credentials"};
}

// Without systemd there is nothing that this command could load instead.
base::Result<base::UniqueFd> open_unit_directory(const std::string& path) {
  auto directory = credential::open_directory(path);
  if (directory || directory.error().kind != base::ErrorKind::credential) return directory;
  return no_credentials(std::move(directory).error().what);
}

}  // namespace

base::Result<credential::CredentialSet> read_unit_set(const command::Arguments& arguments) {
  const bool may_be_none = arguments.has("--allow-no-credentials");
  const char* path = std::getenv("CREDENTIALS_DIRECTORY");
  if (path == nullptr) {
    if (may_be_none) return credential::CredentialSet();
    return no_credentials("the unit has no credentials: $CREDENTIALS_DIRECTORY is not set");
  }
  VMCRED_TRY_ASSIGN(const base::UniqueFd directory, open_unit_directory(path));
  VMCRED_TRY_ASSIGN(auto set,
                    shim::read_unit_credentials(directory.get(), arguments.values("--allow-empty")));
  if (set.empty() && !may_be_none)
    return no_credentials("the unit has no credentials: its directory is empty");
  return set;
}

}  // namespace vmcred::cli
