// SPDX-License-Identifier: Apache-2.0
#include "secret/sealed_file.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "base/file.h"

namespace vmcred::secret {

base::Result<base::UniqueFd> make_memory_file(const char* name) {
  base::UniqueFd file(::memfd_create(name, MFD_ALLOW_SEALING));
  if (!file.valid()) return base::errno_error("create a memory file");
  return file;
}

base::Result<void> seal(const base::UniqueFd& file) {
  if (::fcntl(file.get(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
    return base::errno_error("seal a memory file");
  return {};
}

base::Result<base::UniqueFd> make_sealed_file(const char* name, std::span<const std::byte> contents) {
  VMCRED_TRY_ASSIGN(base::UniqueFd file, make_memory_file(name));
  VMCRED_TRY(base::write_all(file.get(), contents, "memory file"));
  VMCRED_TRY(seal(file));
  return file;
}

}  // namespace vmcred::secret
