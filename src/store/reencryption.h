// SPDX-License-Identifier: Apache-2.0
// Finds the secrets whose readers a change of users, machines or groups touches, and encrypts these again, no
// others.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/administration.h"

namespace vmcred::store {

// Made before the change is staged; finish() after it.
class Reencryption {
 public:
  static base::Result<Reencryption> before(const Administration& with);

  // As it was.
  const Members& members() const { return m_members; }
  // All secrets' folders.
  std::vector<std::string> folders() const;

  // Stages the secrets for their new readers; gives their folders. Links to groups that are gone go, too.
  base::Result<std::vector<std::string>> finish(const Administration& with) const;

 private:
  Members m_members;
  std::map<std::string, Keys> m_keys;  // by secret folder
};

}  // namespace vmcred::store
