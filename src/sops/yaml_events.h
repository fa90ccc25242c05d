// SPDX-License-Identifier: Apache-2.0
// A YAML text as a list of what libyaml finds in it, and the comments, which libyaml skips: they are read
// from the text between the events.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "secret/buffer.h"

namespace vmcred::sops {

struct YamlComment {
  enum class Position : std::uint8_t {
    own_line,
    behind_value,
    behind_indicator,  // a ':', '-', ',' or bracket
  };

  Position position = Position::own_line;
  std::size_t column = 0;
  secret::SecretBuffer text;  // without the '#'
};

struct YamlEvent {
  enum class Kind : std::uint8_t {
    document_start,
    document_end,
    scalar,
    alias,
    map_start,
    map_end,
    sequence_start,
    sequence_end,
  };

  Kind kind = Kind::scalar;
  std::size_t line = 0;    // from 1
  std::size_t column = 0;  // of a block collection's keys or dashes; 0 for flow style
  bool flow = false;
  bool indentless = false;                  // a sequence whose dashes stand below the key that it belongs to
  bool plain = false;                       // a scalar without quotes
  std::string tag;                          // "tag:yaml.org,2002:int", "!program's own", "!"; "" for none
  std::optional<std::size_t> target;        // an alias: the index of the event that it stands for
  secret::SecretBuffer text;                // of a scalar
  std::vector<YamlComment> comments;        // that stand before it
  std::optional<YamlComment> line_comment;  // right behind a value, on its line
};

// Fails with an `unreadable` error that tells the line. Every start in the list has its end, at most
// k_max_depth of them are open at a time, and aliases stand behind their targets.
base::Result<std::vector<YamlEvent>> read_yaml_events(crypto::Bytes text);

}  // namespace vmcred::sops
