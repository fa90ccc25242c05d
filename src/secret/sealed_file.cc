// SPDX-License-Identifier: Apache-2.0
#include "secret/sealed_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/file.h"

namespace vmcred::secret {

base::Result<base::UniqueFd> make_sealed_file(const char* name, std::span<const std::byte> contents) {
  base::UniqueFd fd(::memfd_create(name, MFD_ALLOW_SEALING));
  if (!fd.valid()) return base::errno_error("create a memory file");
  VMCRED_TRY(base::write_all(fd.get(), contents, "memory file"));
  if (::fcntl(fd.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    return base::errno_error("seal a memory file");
  return fd;
}

}  // namespace vmcred::secret
