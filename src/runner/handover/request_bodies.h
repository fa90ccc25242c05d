// SPDX-License-Identifier: Apache-2.0
// A plan's API requests, ready to be sent.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "credential/credential.h"
#include "secret/buffer.h"
#include "vmm/launch_plan.h"

namespace vmcred::runner {

struct RenderedRequest {
  std::string method;
  std::string path;
  base::UniqueFd body;           // a sealed memory file that the VMM does not inherit; invalid: no body
  std::vector<int> descriptors;  // go along with it, and belong to whoever opened them
};

// The text of these pieces, with the set's values and the files' paths in their places, in locked memory.
base::Result<secret::SecretBuffer> render_text(std::span<const vmm::BodyPiece> pieces,
                                               const credential::CredentialSet& set,
                                               std::span<const base::UniqueFd> files);

// Puts the set's values in their places, in locked memory. `files` and `descriptors` are the plan's, opened.
base::Result<std::vector<RenderedRequest>> render_requests(const vmm::LaunchPlan& plan,
                                                           const credential::CredentialSet& set,
                                                           std::span<const base::UniqueFd> files,
                                                           std::span<const base::UniqueFd> descriptors);

}  // namespace vmcred::runner
