// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "config/model.h"

namespace vmcred::config {

// The folder of the store in which the value of a secret that vmcred keeps changes: what to watch, not what
// to read. docs/formats/store.md has the layout.
std::string var_folder(const Config& config, const VirtualMachine& vm, const Secret& secret);

}  // namespace vmcred::config
