// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/stored_secrets.h"

#include "base/text.h"
#include "config/load.h"

namespace vmcred::cli {

using base::concat;
using base::quoted;

// Once: keys in the environment are gone after the first time, and each secret tells the same failure.
base::Result<void> ConfigStore::open() {
  if (m_failure) return *m_failure;
  if (m_session) return {};
  auto session = Session::open(m_arguments);
  if (!session) return m_failure.emplace(std::move(session).error());
  m_session = *std::move(session);
  return {};
}

base::Result<secret::SecretBuffer> ConfigStore::read(const config::VirtualMachine& vm,
                                                     const config::Secret& secret) {
  VMCRED_TRY(open());
  const auto var = m_session->declared().var_of(vm, secret);
  if (!var || !m_session->store().has(var->id(), var->visibility()))
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat("not in the store yet: ", var ? store::path_of(var->id()) : std::string()),
        .hint = concat("'vmcred vars generate ", vm.name, "' makes it")};
  return m_session->store().read(var->id(), var->visibility());
}

}  // namespace vmcred::cli
