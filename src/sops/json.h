// SPDX-License-Identifier: Apache-2.0
// JSON as trees. Reading is strict (RFC 8259): UTF-8, one value and nothing behind it, no key twice. Writing
// is what Go writes: '<', '>', '&', U+2028 and U+2029 escaped, a tab a level, comments left out.
#pragma once

#include "base/result.h"
#include "crypto/bytes.h"
#include "sops/reading.h"
#include "sops/text_sink.h"
#include "sops/tree.h"

namespace vmcred::sops {

// An object. Fails with an `unreadable` error that tells the line and never quotes a value.
base::Result<Map> parse_json(crypto::Bytes text, Reading reading);

// Any value; all of it plain. For `sops set`.
base::Result<Node> parse_json_value(crypto::Bytes text);

// Without a newline at the end. `indent`: spaces a level; 0: one tab. Fails with `emitting` for what JSON
// can't hold: infinite numbers, strings that are not UTF-8.
base::Result<void> write_json(const Map& map, unsigned indent, TextSink& sink);
base::Result<void> write_json_value(const Node& value, unsigned indent, TextSink& sink);

}  // namespace vmcred::sops
