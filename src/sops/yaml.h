// SPDX-License-Identifier: Apache-2.0
// YAML 1.1 as trees, typed as the Go library types it that the sops program uses: what sops calls an integer
// is one here. Read are several documents, comments, anchors and aliases (expanded), merge keys (kept);
// refused is what a tree can't hold: keys that are no strings, tags of programs' own, documents that are no
// maps. Written is block style.
#pragma once

#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"
#include "sops/reading.h"
#include "sops/tree.h"

namespace vmcred::sops {

// One map a document; a document without contents is an empty one. Fails with an `unreadable` error that
// tells the line and never quotes a value.
base::Result<std::vector<Map>> parse_yaml(crypto::Bytes text, Reading reading);

// With a newline at the end. `indent`: spaces a level, from 2 to 9; 0: four. Fails with `emitting` for
// another indent and for keys that are not UTF-8.
base::Result<secret::SecretBuffer> emit_yaml(const std::vector<Map>& trees, unsigned indent);
base::Result<secret::SecretBuffer> emit_yaml_value(const Node& value, unsigned indent);

}  // namespace vmcred::sops
