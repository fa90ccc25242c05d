// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/archived_set.h"

#include "credential/archive.h"

namespace vmcred::runner {

base::Result<secret::SecretBuffer> archive_of(const credential::CredentialSet& set) {
  const auto outlines = credential::archived_outlines(set);
  VMCRED_TRY_ASSIGN(auto archive, secret::SecretBuffer::zeroed(credential::archive_size(outlines)));
  credential::write_archive(set, archive.writable_bytes());
  return archive;
}

}  // namespace vmcred::runner
