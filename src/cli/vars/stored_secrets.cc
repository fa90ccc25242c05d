// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/stored_secrets.h"

#include "vars/stored_secret.h"

namespace vmcred::cli {

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
  if (!var) return base::Error{.kind = base::ErrorKind::credential, .what = "its source is not the store"};
  VMCRED_TRY_ASSIGN(auto value, vars::find_stored(m_session->store(), *var));
  if (!value) return vars::not_stored(vm, *var);
  return *std::move(value);
}

}  // namespace vmcred::cli
