// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "base/result.h"
#include "config/model.h"
#include "runner/host/identity.h"

namespace vmcred::runner {

// Makes the images that the VM's volumes lack, as `identity` (or as who we are): sparse, closed to others,
// with the file system that the config asks for, and whole from the moment that they have their names. Images
// that are there stay as they are. A host error says what is missing: an image without a 'size', a directory,
// the program that makes the file system.
base::Result<void> make_missing_volumes(const config::VirtualMachine& vm,
                                        const std::optional<Identity>& identity);

}  // namespace vmcred::runner
