// SPDX-License-Identifier: Apache-2.0
// Why a unit last got no secret: a file of its name with one line, for the runner and `vm status`. Names,
// never values.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace vmcred::provider {

class Reasons {
 public:
  // `directory` is the service's runtime directory; "": no files are written.
  explicit Reasons(std::string directory) : m_directory(std::move(directory)) {}

  // `unit` must have passed is_unit_of_peer().
  base::Result<void> refused(const std::string& unit, std::string_view reason);

  // Of `all` credentials that the unit gets from here, it got this one. When it has got them all since the
  // last refusal, the file goes.
  base::Result<void> granted(const std::string& unit, const std::string& credential,
                             const std::set<std::string>& all);

 private:
  std::string m_directory;
  std::map<std::string, std::set<std::string>> m_granted;  // since the last refusal or full success
};

}  // namespace vmcred::provider
