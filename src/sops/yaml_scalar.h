// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "sops/tree.h"
#include "sops/yaml_events.h"

namespace vmcred::sops {

// The leaf that a scalar means: by its tag, else by its looks where it is plain, else a string. Fails for
// tags of programs' own, and where tag and text contradict each other.
base::Result<Leaf> leaf_of(const YamlEvent& scalar);

struct YamlKey {
  std::string name;
  KeyStyle style = KeyStyle::plain;
};

// Fails where the scalar is no string: a tree has no other keys.
base::Result<YamlKey> key_of(const YamlEvent& scalar);

// Fails for a map or sequence with a tag that says more than that it is one.
base::Result<void> check_collection_tag(const YamlEvent& start);

}  // namespace vmcred::sops
