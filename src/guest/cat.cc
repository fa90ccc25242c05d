// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "guest/commands.h"
#include "guest/directory.h"

namespace vmcred::guest {
namespace {

base::Error missing(const std::string& name, const std::string& directory,
                    const std::vector<StoredCredential>& credentials) {
  std::vector<std::string> names;
  std::vector<std::string> quoted_names;
  for (const auto& credential : credentials) {
    names.push_back(credential.name);
    quoted_names.push_back(base::quoted(credential.name));
  }
  return {.kind = base::ErrorKind::credential,
          .what = base::concat("there is no credential ", base::quoted(name), " in ", directory,
                               base::did_you_mean(name, names)),
          .hint = names.empty() ? "no credential is there at all"
                                : base::concat("there are: ", base::join(quoted_names, ", "))};
}

}  // namespace

base::Result<void> run_cat(const command::Arguments& arguments, const command::Streams& streams) {
  const std::string& name = arguments.operand();
  VMCRED_TRY_ASSIGN(const auto directory, CredentialDirectory::open(arguments));
  VMCRED_TRY_ASSIGN(const auto credentials, directory.list());
  // Only a name that was listed is opened, so that no path can be smuggled in.
  if (std::ranges::find(credentials, name, &StoredCredential::name) == credentials.end())
    return missing(name, directory.path(), credentials);
  VMCRED_TRY_ASSIGN(const auto value, directory.read(name));
  return base::write_all(streams.out, value.bytes(), "standard output");
}

}  // namespace vmcred::guest
