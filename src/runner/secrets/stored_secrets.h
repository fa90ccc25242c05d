// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/result.h"
#include "config/model.h"
#include "secret/buffer.h"

namespace vmcred::runner {

// Where the secrets are that no file holds: the runner knows of no store, whoever calls it hands one in.
class StoredSecrets {
 public:
  virtual ~StoredSecrets() = default;

  // The value of a secret whose source is a generator or `random`. Fails with a `credential` error that names
  // the command which makes it.
  virtual base::Result<secret::SecretBuffer> read(const config::VirtualMachine& vm,
                                                  const config::Secret& secret) = 0;
};

}  // namespace vmcred::runner
