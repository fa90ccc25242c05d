// SPDX-License-Identifier: Apache-2.0
// From a VM's secret in the config to its value in the store: for whoever starts VMs.
#pragma once

#include <optional>

#include "base/result.h"
#include "config/model.h"
#include "secret/buffer.h"
#include "store/store.h"
#include "vars/declared.h"

namespace vmcred::vars {

// What the config says of the store, as the store takes it.
store::StoreSettings store_settings(const config::Store& store);

// The value; nothing where it has not been made yet. Fails where it is there, but can't be read, or where the
// store itself can't be.
base::Result<std::optional<secret::SecretBuffer>> find_stored(const store::Store& store,
                                                              const DeclaredVar& var);

// The `credential` error for one that has not been made yet; it names the command that makes it.
base::Error not_stored(const config::VirtualMachine& vm, const DeclaredVar& var);

}  // namespace vmcred::vars
