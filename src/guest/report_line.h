// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "guest/directory.h"

namespace vmcred::guest {

struct Report {
  std::string line;                    // as docs/formats/report.md says, line feed included
  std::optional<base::Error> failure;  // why not everything is verified
};

// Checks the directory and words the outcome for the host. A missing or damaged manifest is an outcome too:
// silence would look like a guest that hangs. Fails only where the directory can't be read.
base::Result<Report> make_report(const CredentialDirectory& directory);

}  // namespace vmcred::guest
