// SPDX-License-Identifier: Apache-2.0
// A store for tests: values by secret name, in plain sight.
#pragma once

#include <map>

#include "base/text.h"
#include "runner/secrets/stored_secrets.h"

namespace vmcred::runner {

struct TestStoredSecrets : StoredSecrets {
  base::Result<secret::SecretBuffer> read(const config::VirtualMachine& /*vm*/,
                                          const config::Secret& secret) override {
    const auto found = values.find(secret.name.text());
    if (found == values.end())
      return base::Error{.kind = base::ErrorKind::credential, .what = "it is not in the store"};
    return secret::SecretBuffer::copy_of(std::as_bytes(std::span(found->second)));
  }

  std::map<std::string, std::string, std::less<>> values;
};

}  // namespace vmcred::runner
