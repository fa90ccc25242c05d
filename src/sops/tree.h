// SPDX-License-Identifier: Apache-2.0
// A SOPS document as an ordered tree, whichever format it was written in. Keys are public: they stand in the
// encrypted file as they are. Values and comments are secret until they are encrypted. The order of entries
// is the order in the file, and the MAC depends on it. Trees move and have no copy, as the secrets in them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::sops {

// Maps and sequences inside each other. Every reader refuses deeper ones: trees are walked by recursion.
inline constexpr std::size_t k_max_depth = 128;

// A value without parts, or a comment. Three states:
// - plain: plaintext holds the value, ciphertext is empty. Read from a plain file, or set anew.
// - encrypted: ciphertext holds "ENC[…]", plaintext is empty.
// - decrypted: both. Ciphertext is what plaintext was decrypted from. Encrypting takes it again, so that an
//   unchanged value stays as it was; whoever changes or moves the leaf clears it.
struct Leaf {
  // A comment stands among the entries of a map or the items of a sequence.
  enum class Type : std::uint8_t { string, integer, floating, boolean, timestamp, null, comment };

  Type type = Type::null;
  // The canonical bytes (sops/canonical.h), which are what is encrypted and what the MAC absorbs. The string
  // itself; "-12"; "1.5", never with an exponent; "True", "False"; RFC 3339 with nanoseconds. A comment
  // without its '#'.
  secret::SecretBuffer plaintext = {};
  std::string ciphertext = {};
  bool is_encrypted = false;  // the second state
  bool at_line_end = false;   // a comment that stands before a value here, but behind it on its line (YAML)
};

struct Entry;
struct Node;

struct Map {
  std::vector<Entry> entries;  // no key twice
};

struct Sequence {
  std::vector<Node> items;
};

struct Node {
  std::variant<Leaf, Map, Sequence> value;
};

// YAML gives a plain key "<<" another meaning than a quoted one.
enum class KeyStyle : std::uint8_t { plain, quoted };

struct Entry {
  std::string key;  // "" for a comment
  Node value;
  KeyStyle key_style = KeyStyle::quoted;
};

// A plain leaf of these canonical bytes, copied.
base::Result<Leaf> make_leaf(Leaf::Type type, crypto::Bytes plaintext);
base::Result<Leaf> make_leaf(Leaf::Type type, std::string_view plaintext);

// A leaf in state "encrypted".
Leaf make_encrypted_leaf(std::string ciphertext);

// The same for 1 and 1.0: texts don't tell them apart, and sops before 3.13 took each number of JSON for a
// fraction.
Leaf::Type class_of(Leaf::Type type);

bool is_comment(const Node& node);

// The entry of this key, or nullptr. Comments are none.
Entry* find_entry(Map& map, std::string_view key);
const Entry* find_entry(const Map& map, std::string_view key);

// The same keys, order, types, values and comments, all in the plain or decrypted state.
bool equal_plaintext(const Map& a, const Map& b);
bool equal_plaintext(const Node& a, const Node& b);

// A copy, for trees that are not secret.
base::Result<Map> copy_of(const Map& map);
base::Result<Node> copy_of(const Node& node);

// The bytes of public text, and a view of public bytes.
crypto::Bytes bytes_of(std::string_view text);
std::string_view text_of(crypto::Bytes bytes);

}  // namespace vmcred::sops
