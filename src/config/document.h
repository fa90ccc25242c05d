// SPDX-License-Identifier: Apache-2.0
// A config file as a tree, whichever format it was written in. Every key and value knows where it stands, so
// that whoever reads the tree can point at what is wrong.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace vmcred::config {

// Lines and columns count from 1; a column is a code point, not a byte.
struct Location {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  auto operator<=>(const Location&) const = default;
};

struct Member;

struct Node {
  using Table = std::vector<Member>;  // in the order of the file; no key twice
  using Array = std::vector<Node>;
  // A kind of value that no key takes: "a date", "null".
  struct Foreign {
    std::string_view noun;
  };

  std::variant<Table, Array, std::string, std::int64_t, bool, double, Foreign> value;
  Location location;
};

struct Member {
  std::string key;
  Location key_location;
  Node value;
};

// What kind of value this is, for people: "a table", "a whole number".
std::string_view noun(const Node& node);

inline constexpr std::size_t k_max_document_bytes = std::size_t{1024} * 1024;

// Tables and arrays inside each other. Hostile files nest until the stack overflows; ours need six.
inline constexpr std::size_t k_max_depth = 32;

// The tree of `text`, whose format the end of `path` tells: ".json" is JSON, all else TOML. The root is a
// table. Fails with a config error "PATH:LINE:COLUMN: sentence" at the first thing that is not UTF-8 or not
// the format. No such sentence repeats a value.
base::Result<Node> parse_document(std::string_view path, std::string_view text);

// The formats behind parse_document(), which has checked size and encoding before.
base::Result<Node> parse_toml(std::string_view path, std::string_view text);
base::Result<Node> parse_json(std::string_view path, std::string_view text);

// The error that every finding about a file becomes.
base::Error error_at(std::string_view path, Location location, std::string_view sentence);

// Where one stands after `passed`, a text that begins at `start`.
Location advance(Location start, std::string_view passed);

}  // namespace vmcred::config
