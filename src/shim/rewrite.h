// SPDX-License-Identifier: Apache-2.0
// A foreign runner's command line -> a launch plan of ours, with no secret on it. Starts nothing; looks at
// files by the two functions that it is given.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "credential/credential.h"
#include "shim/dialect.h"

namespace vmcred::shim {

using ReadSecret = std::function<base::Result<secret::SecretBuffer>(const std::string& path)>;

struct Request {
  const Dialect& dialect;
  std::span<const std::string> words;  // without the program
  credential::CredentialSet of_unit;
  bool always_initrd = false;
  ReadText read_text;
  ReadSecret read_secret;
};

// A credential that other users could see, and the first place where it stood.
struct SeenCredential {
  credential::CredentialName name;
  std::string place;
};

struct Rewritten {
  vmm::LaunchPlan plan;  // program, process name and environment are the caller's
  credential::CredentialSet set;
  std::vector<vmm::CredentialOutline> outlines;
  std::vector<SeenCredential> seen;
};

// Fails, and names no value, where a credential would be left on the command line, has two values, or can't
// cross. Without any credential the words stay as they are.
base::Result<Rewritten> rewrite(Request request);

}  // namespace vmcred::shim
