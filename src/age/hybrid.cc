// SPDX-License-Identifier: Apache-2.0
#include "age/hybrid.h"

namespace vmcred::age {

base::Error hybrid_is_missing() {
  return {.kind = base::ErrorKind::host,
          .what =
              "post-quantum keys (age1pq1…, AGE-SECRET-KEY-PQ-1…) need OpenSSL 3.5 or later (ML-KEM-768), "
              "and are not supported by this version",
          .hint = "use an X25519 key: 'vmcred age keygen' makes one"};
}

}  // namespace vmcred::age
