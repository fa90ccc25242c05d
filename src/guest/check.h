// SPDX-License-Identifier: Apache-2.0
// What arrived, compared with what the host's manifest announced.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guest/directory.h"

namespace vmcred::guest {

enum class State { ok, missing, wrong_size, wrong_content };

// "ok", "missing", "wrong-size", "wrong-content", as in docs/formats/report.md.
std::string_view state_word(State state);

struct CheckedCredential {
  std::string name;
  std::size_t size;  // 0 where it is missing
  std::size_t expected_size;
  State state;
};

struct Check {
  std::vector<CheckedCredential> credentials;  // all that the manifest names, in its order
  std::vector<StoredCredential> undeclared;    // all others, without the manifest itself

  std::size_t verified() const;
  bool passed() const { return verified() == credentials.size(); }
};

// Is there a manifest in the directory?
base::Result<bool> has_manifest(const CredentialDirectory& directory);

// Compares every credential. What is missing or wrong is a finding, not a failure; it fails where there is no
// manifest (a `credential` error with a hint), where the manifest is damaged (`verify`) or a file can't be
// read.
base::Result<Check> check_directory(const CredentialDirectory& directory);

// The error that names every credential which is not as it was sent. `check` must not have passed.
base::Error check_error(const Check& check);

// The members of a JSON object, without braces: verified, expected, credentials, undeclared.
std::string check_json(const Check& check);

}  // namespace vmcred::guest
