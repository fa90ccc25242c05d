// SPDX-License-Identifier: Apache-2.0
// A SOPS file, whichever format it is in: read into trees and metadata, and written again. Nothing here
// encrypts or needs a key. docs/formats/sops.md has the formats.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"
#include "sops/metadata.h"
#include "sops/tree.h"

namespace vmcred::sops {

enum class Format : std::uint8_t { json, yaml, dotenv, binary };

// By the name's end: .json, .yaml, .yml, .env; all else is binary. Fails for .ini, which is not supported.
base::Result<Format> format_of_path(std::string_view path);

// By its name: "json", "yaml", "dotenv", "binary", as sops takes it for --input-type.
base::Result<Format> parse_format(std::string_view name);

struct Document {
  Format format = Format::json;
  // YAML may hold several documents, the other formats hold one. The metadata are not among the entries.
  std::vector<Map> trees = {};
  Metadata metadata = {};
};

// `indent`: spaces a level; 0 is what sops takes without a word: a tab in JSON, 4 in YAML.

// An encrypted file. Strings that look like ENC[…] become leaves in the encrypted state. Fails with
// `unreadable` where the text is not of the format, with `generic` where there is no metadata or it is not
// right, with `empty_file`.
base::Result<Document> parse_encrypted(crypto::Bytes text, Format format);

// A plain file: no metadata. Fails as above, and with `already_encrypted` where the file has keys that are
// kept for metadata.
base::Result<Document> parse_plain(crypto::Bytes text, Format format);

// The encrypted file. Every leaf that is to be secret must be in the encrypted state, as sops/file.h leaves
// it. Fails with `emitting` where the format can't hold the document, or it would be read as another one.
base::Result<std::string> emit_encrypted(Document document, unsigned indent = 0);

// The values in this format, without metadata. Fails with `emitting` where the format can't hold them.
base::Result<secret::SecretBuffer> emit_plain(const std::vector<Map>& trees, Format format,
                                              unsigned indent = 0);

// One value, as `sops decrypt --extract` prints it: a string as it is, without a newline; all else in the
// format.
base::Result<secret::SecretBuffer> emit_value(const Node& value, Format format, unsigned indent = 0);

}  // namespace vmcred::sops
