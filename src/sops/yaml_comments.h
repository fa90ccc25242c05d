// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "base/result.h"
#include "crypto/bytes.h"
#include "sops/yaml_events.h"

namespace vmcred::sops {

// Walks through a YAML text along the marks that libyaml gives, which count characters, not bytes. Marks must
// not go back.
class YamlSource {
 public:
  // `text` must be UTF-8.
  explicit YamlSource(crypto::Bytes text) : m_text(text) {}

  // The byte at which the character of this number begins.
  std::size_t byte_of(std::size_t character);

  char at(std::size_t byte) const;  // '\0' behind the end

  // The comments in text[begin, end), between two tokens.
  base::Result<void> collect_comments(std::size_t begin, std::size_t end,
                                      std::vector<YamlComment>& comments) const;

  // Where a node's own text begins, behind its anchor, its tag, and comments between them.
  std::size_t skip_properties(std::size_t begin, std::size_t end) const;

  // The comment behind the head of a block scalar ("|  # comment"), which begins at `begin`.
  base::Result<void> collect_head_comment(std::size_t begin, std::vector<YamlComment>& comments) const;

 private:
  bool is_break(std::size_t byte) const;
  bool is_blank(std::size_t byte) const { return at(byte) == ' ' || at(byte) == '\t'; }
  bool begins_comment(std::size_t byte) const;
  std::size_t end_of_line(std::size_t byte) const;
  std::size_t start_of_line(std::size_t byte) const;
  bool all_blank(std::size_t begin, std::size_t end) const;
  base::Result<YamlComment> comment_at(std::size_t byte, std::size_t gap_begin) const;

  crypto::Bytes m_text;
  std::size_t m_character = 0;
  std::size_t m_byte = 0;
};

}  // namespace vmcred::sops
