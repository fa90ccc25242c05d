// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/private_directory.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "secret/memory_mount.h"

namespace vmcred::runner {

using base::Result;
using base::UniqueFd;

Result<PrivateDirectory> PrivateDirectory::make() {
  auto mount = secret::make_memory_mount(nullptr);
  if (!mount)
    return std::move(mount).error().with_hint(
        "vmcred needs root's right to mount and Linux 5.2 or later to load secrets itself; under systemd, "
        "use "
        "LoadCredential=");
  // The mount's own descriptor is O_PATH; files are made through an ordinary one.
  VMCRED_TRY_ASSIGN(UniqueFd directory, base::open_beneath(mount->get(), ".", O_RDONLY | O_DIRECTORY));
  return PrivateDirectory(std::move(directory));
}

Result<void> PrivateDirectory::add(const credential::CredentialName& name, const secret::SecretBuffer& value,
                                   uid_t uid, gid_t gid) {
  VMCRED_TRY_ASSIGN(const UniqueFd file,
                    base::open_beneath(m_directory.get(), name.text(), O_WRONLY | O_CREAT | O_EXCL, 0400));
  VMCRED_TRY(base::write_all(file.get(), value.bytes(), name.text()));
  if (::fchown(file.get(), uid, gid) != 0) return base::errno_error(name.text());
  return {};
}

Result<void> PrivateDirectory::hand_over(uid_t uid, gid_t gid) {
  if (::fchown(m_directory.get(), uid, gid) != 0 || ::fchmod(m_directory.get(), 0500) != 0)
    return base::errno_error("private directory");
  return {};
}

}  // namespace vmcred::runner
