// SPDX-License-Identifier: Apache-2.0
// The credentials that came behind this guest's initrd, in docs/formats/initrd.md's form with the shim.
#pragma once

#include <string>

#include "base/result.h"

namespace vmcred::guest {

// Puts the set into /run/credentials/@system, on a /run that is made where there is none, and removes all
// that the shim was given; returns the path of the init to become. All paths are below `root` ("" in a
// guest). After a failure nothing is as it should be: whoever calls must not go on.
base::Result<std::string> take_from_initrd(const std::string& root);

}  // namespace vmcred::guest
