// SPDX-License-Identifier: Apache-2.0
// KEY=VALUE lines as a tree. Nothing is trimmed or unquoted; "\n" in a value is a newline, both ways; '#'
// begins a comment. Metadata is flat: "sops_age__list_0__map_enc=…".
#pragma once

#include "base/result.h"
#include "crypto/bytes.h"
#include "sops/reading.h"
#include "sops/text_sink.h"
#include "sops/tree.h"

namespace vmcred::sops {

// Fails with `unreadable` for a line without '=' and for a key that comes twice, told by its line's number.
base::Result<Map> parse_dotenv(crypto::Bytes text, Reading reading);

// Fails with `emitting` for values with parts, and for keys and comments that would be read as something
// else.
base::Result<void> write_dotenv(const Map& map, TextSink& sink);

// Would this text, not encrypted, be read as another one?
bool is_misread_from_dotenv(std::string_view text);

}  // namespace vmcred::sops
