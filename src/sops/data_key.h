// SPDX-License-Identifier: Apache-2.0
// The data key under which a file's values are encrypted: made, wrapped for its recipients, recovered.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "age/age.h"
#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"
#include "sops/metadata.h"

namespace vmcred::sops {

// 32 random bytes.
base::Result<secret::SecretBuffer> new_data_key();

// Tries each identity on each entry of each group. Fails with `no_key`, telling which recipients could open
// the file.
base::Result<secret::SecretBuffer> recover_data_key(const Metadata& metadata, age::IdentityList identities);

// The data key (or a share) in an age file of its own for the one recipient of the list.
base::Result<AgeEntry> wrap_key(crypto::Bytes key, age::RecipientList recipient);

// Fresh entries for all recipients, group by group: the data key itself for one group, shares for more.
// Recipients that come twice in a group count once. Fails where a group is empty or the threshold is not
// possible.
base::Result<std::vector<KeyGroup>> wrap_data_key(crypto::Bytes data_key,
                                                  std::span<const age::RecipientList> groups,
                                                  std::optional<unsigned> shamir_threshold);

}  // namespace vmcred::sops
