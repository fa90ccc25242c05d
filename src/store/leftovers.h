// SPDX-License-Identifier: Apache-2.0
// What lies in a store and is of no use any more, as far as what is declared tells. A repository that other
// programs keep vars in, too, has vars that they alone know of: whoever removes leftovers shows them first.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

namespace vmcred::store {

struct Leftover {
  enum class Kind {
    undeclared,           // a var that nobody declares
    value_beside_secret,  // the plaintext of what was open once and is a secret now
    old_note,             // the validation hash or version of a generator that has no declared var
    dangling_link,        // a link to a user, machine or group that is not there
  };
  Kind kind;
  std::string name;                // for people: the var's path, or the file's
  std::vector<std::string> paths;  // below the root

  bool operator==(const Leftover&) const = default;
};

// In order of kind and name.
base::Result<std::vector<Leftover>> leftovers(const StoreSettings& settings,
                                              std::span<const StoredVar> declared);

base::Result<void> remove_leftovers(Transaction& transaction, std::span<const Leftover> leftovers);

}  // namespace vmcred::store
