// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/stored_secrets.h"

#include "base/text.h"
#include "config/load.h"

namespace vmcred::cli {

using base::concat;
using base::quoted;

base::Result<secret::SecretBuffer> ConfigStore::read(const config::VirtualMachine& vm,
                                                     const config::Secret& secret) {
  if (!m_session) { VMCRED_TRY_ASSIGN(m_session, Session::open(m_arguments)); }
  const auto var = m_session->declared().var_of(vm, secret);
  if (!var || !m_session->store().has(var->id(), var->visibility()))
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat("not in the store yet: ", var ? store::path_of(var->id()) : std::string()),
        .hint = concat("'vmcred vars generate ", vm.name, "' makes it")};
  return m_session->store().read(var->id(), var->visibility());
}

}  // namespace vmcred::cli
