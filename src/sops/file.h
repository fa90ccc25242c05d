// SPDX-License-Identifier: Apache-2.0
// What people do with SOPS files, on documents in memory (sops/document.h reads and writes their text):
//
// - encrypt: parse_plain, encrypt, emit_encrypted
// - decrypt: parse_encrypted, open, emit_plain
// - edit: parse_encrypted, open, emit_plain … parse_plain, replace_values, close, emit_encrypted
// - set: parse_encrypted, open, set_value, close, emit_encrypted
// - updatekeys: parse_encrypted, update_keys, emit_encrypted
// - rotate: parse_encrypted, rotate, emit_encrypted
//
// Failures are those of sops/failure.h. Functions on different documents may run at the same time.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "age/age.h"
#include "base/result.h"
#include "secret/buffer.h"
#include "sops/document.h"
#include "sops/path.h"

namespace vmcred::sops {

// One group: each of its keys opens the file. More: one key of each of `shamir_threshold` groups is needed,
// of every group where none is given.
struct KeyGroups {
  std::span<const age::RecipientList> groups;
  std::optional<unsigned> shamir_threshold = {};
};

struct EncryptOptions {
  Rule rule = {};  // Kind::none: the default suffix, and no rule for binary files
  bool mac_only_encrypted = false;
};

// A new data key; every leaf that the rule says is encrypted.
base::Result<Document> encrypt(Document plain, const KeyGroups& keys, const EncryptOptions& options = {});

// A document whose leaves are all plain or decrypted, and the key to encrypt them again.
struct OpenDocument {
  Document document;
  secret::SecretBuffer data_key;
  bool changed = false;
};

enum class MacCheck { required, ignored };

// Recovers the data key, decrypts each leaf and checks the MAC.
base::Result<OpenDocument> open(Document encrypted, age::IdentityList identities, MacCheck check);

// The same with the data key that an earlier open() recovered: nobody is asked for an identity again.
base::Result<OpenDocument> open_with_data_key(Document encrypted, secret::SecretBuffer data_key,
                                              MacCheck check);

// Other values in the place of the old ones. What is the same at the same path keeps its ENC[…] text.
base::Result<void> replace_values(OpenDocument& open_document, std::vector<Map> trees);

// See set_at() in sops/path.h. In the first tree.
base::Result<void> set_value(OpenDocument& open_document, const Path& path, Node value);

// See remove_at() in sops/path.h. In the first tree.
base::Result<void> remove_value(OpenDocument& open_document, const Path& path);

// Encrypts what is not encrypted yet. The time and the MAC are new only where the document was changed, else
// the document is the one that was opened.
base::Result<Document> close(OpenDocument open_document);

// The document for other recipients, under the same data key: values, MAC and time stay. Entries of
// recipients that stay are kept, and so are keys of other types than age. True where anything changed;
// identities are used only then.
base::Result<bool> update_keys(Document& encrypted, const KeyGroups& keys, age::IdentityList identities);

// A new data key, under which everything is encrypted anew. Fails where the file has keys of other types than
// age, which would lose access.
base::Result<Document> rotate(Document encrypted, const KeyGroups& keys, age::IdentityList identities,
                              MacCheck check = MacCheck::required);

// The recipients that the file names, group by group. Fails for a text that is no recipient.
base::Result<std::vector<age::Recipients>> recipients_of(const Metadata& metadata);

}  // namespace vmcred::sops
