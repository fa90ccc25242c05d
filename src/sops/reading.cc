// SPDX-License-Identifier: Apache-2.0
#include "sops/reading.h"

#include "sops/value.h"

namespace vmcred::sops {

base::Result<Leaf> leaf_as_read(Leaf::Type type, std::string_view text, Reading reading) {
  if (reading == Reading::plain || !looks_encrypted(text)) return make_leaf(type, text);
  Leaf leaf = make_encrypted_leaf(std::string(text));
  leaf.type = type;
  return leaf;
}

}  // namespace vmcred::sops
