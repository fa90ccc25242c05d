// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "cli/vars/session.h"
#include "runner/secrets/stored_secrets.h"

namespace vmcred::cli {

// The config's store, opened when the first secret is asked of it: a VM whose secrets are all files needs
// none.
class ConfigStore final : public runner::StoredSecrets {
 public:
  // `arguments` must outlive it.
  explicit ConfigStore(const command::Arguments& arguments) : m_arguments(arguments) {}

  base::Result<secret::SecretBuffer> read(const config::VirtualMachine& vm,
                                          const config::Secret& secret) override;

 private:
  base::Result<void> open();

  const command::Arguments& m_arguments;
  std::unique_ptr<Session> m_session;
  std::optional<base::Error> m_failure;
};

}  // namespace vmcred::cli
