// SPDX-License-Identifier: Apache-2.0
#include "credential/directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <cerrno>

#include "base/file.h"
#include "base/text.h"
#include "secret/read.h"

namespace vmcred::credential {

using base::concat;
using base::Error;
using base::ErrorKind;

base::Result<base::UniqueFd> open_directory(const std::string& path) {
  base::UniqueFd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  struct stat status{};
  if (!directory.valid() || ::fstat(directory.get(), &status) != 0)
    return Error{.kind = ErrorKind::credential,
                 .what = concat("credentials directory ", path, ": ", base::errno_text(errno)),
                 .hint = "$CREDENTIALS_DIRECTORY names it; unset it to load the secrets without systemd"};
  if ((status.st_mode & (S_IRWXO | S_IWGRP)) != 0)
    return Error{.kind = ErrorKind::refused,
                 .what = concat("credentials directory ", path, " is open to other users"),
                 .hint = "let systemd make it (LoadCredential=), or make it 0500 and owned by the VM's user"};
  return directory;
}

base::Result<secret::SecretBuffer> read_credential(int directory_fd, const CredentialName& name) {
  const base::UniqueFd file(
      ::openat(directory_fd, name.text().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file.valid() && errno == ENOENT)
    return Error{
        .kind = ErrorKind::credential,
        .what = concat(name.text(), " not found in credentials directory"),
        .hint = concat("add to the VM's unit: LoadCredential=", name.text(), ":/path/of/the/secret")};
  if (!file.valid())
    return Error{.kind = ErrorKind::credential,
                 .what = concat(name.text(), " in credentials directory: ", base::errno_text(errno))};
  return secret::read_secret_file(file.get(), k_max_credential_bytes,
                                  concat(name.text(), " in credentials directory"));
}

}  // namespace vmcred::credential
