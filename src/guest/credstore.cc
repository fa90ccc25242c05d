// SPDX-License-Identifier: Apache-2.0
#include "guest/credstore.h"

#include <fcntl.h>
#include <stdio.h>  // renameat2
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "base/file.h"
#include "base/file_names.h"
#include "base/scope_exit.h"
#include "base/text.h"
#include "guest/target.h"

namespace vmcred::guest {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;
using base::UniqueFd;
using credential::CredentialSet;

void remove_with_files(const std::string& directory) {
  for (const auto& name : base::file_names(directory)) ::unlink(base::concat(directory, "/", name).c_str());
  ::rmdir(directory.c_str());
}

Error move_error(const std::string& directory, const std::string& name) {
  if (errno != EEXIST) return base::errno_error(base::concat(directory, "/", name));
  return {.kind = ErrorKind::refused,
          .what = base::concat(directory, " has a credential ", base::quoted(name), " already"),
          .hint = "'vmcred-guest pull' happens once a boot; what is there is never overwritten"};
}

// All or none: what was moved goes again when one can't be.
Result<void> move_files(const UniqueFd& from, const UniqueFd& to, const CredentialSet& set,
                        const std::string& directory) {
  for (std::size_t i = 0; i < set.size(); ++i) {
    const char* name = set[i].name.text().c_str();
    if (::renameat2(from.get(), name, to.get(), name, RENAME_NOREPLACE) == 0) continue;
    Error error = move_error(directory, set[i].name.text());
    while (i-- > 0) ::unlinkat(to.get(), set[i].name.text().c_str(), 0);
    return error;
  }
  return {};
}

}  // namespace

Result<void> store_credentials(const std::string& directory, const CredentialSet& set) {
  VMCRED_TRY_ASSIGN(const UniqueFd place, make_credential_directory(directory));
  std::string beside = directory + ".XXXXXX";
  if (::mkdtemp(beside.data()) == nullptr) return base::errno_error(beside);
  const base::ScopeExit remove([&] { remove_with_files(beside); });
  VMCRED_TRY_ASSIGN(const UniqueFd source, base::open_file(beside, O_RDONLY | O_DIRECTORY));
  VMCRED_TRY(write_credential_files(source, set));
  return move_files(source, place, set, directory);
}

}  // namespace vmcred::guest
