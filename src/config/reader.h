// SPDX-License-Identifier: Apache-2.0
// Takes one table of a config apart. Each read_ function leaves its target alone when the key is absent, and
// adds a finding when the value is not what it should be. Findings name keys, never values, but for the words
// of an enum.
#pragma once

#include <array>
#include <concepts>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/document.h"
#include "config/findings.h"
#include "config/keys.h"
#include "config/load.h"
#include "config/spelling.h"

namespace vmcred::config {

// What all decoders of one config share.
struct Context {
  Findings& findings;
  std::string_view directory;  // relative paths start here
  VmCheck check = nullptr;     // what to ask about each VM
};

class TableReader {
 public:
  // What stands for each "*" in TableKeys::place on the way to this table: names that the user chose, and the
  // index of an element.
  using Names = std::array<std::string_view, 2>;

  // Adds a finding for each key that is not in `keys`. All arguments must outlive the reader; `location` is
  // where to point when something is missing.
  TableReader(Context& context, const Node::Table& table, Location location, const TableKeys& keys,
              Names names);

  // The member of this name, or nullptr. Should the key be none of `keys`, the constructor has refused it.
  const Member* find(std::string_view key) const;
  bool has(std::string_view key) const { return find(key) != nullptr; }

  void read_boolean(std::string_view key, bool& target) const;

  // Any text, also an empty one or one of several lines.
  void read_text(std::string_view key, std::string& target) const;

  // A text of one line that is not empty.
  void read_line(std::string_view key, std::string& target) const;

  // The same, as a path that is anchored at the config's directory.
  void read_path(std::string_view key, std::string& target) const;

  // An array of texts of one line each.
  void read_lines(std::string_view key, std::vector<std::string>& target) const;

  template <std::integral Integer>
  void read_whole(std::string_view key, std::int64_t least, std::int64_t most, Integer& target) const {
    if (const auto* value = whole_between(key, least, most)) target = static_cast<Integer>(*value);
  }

  // False where there is another word, which the caller then should not judge the rest by.
  template <typename Enum, std::size_t size>
  bool read_choice(std::string_view key, const std::array<Spelling<Enum>, size>& spellings,
                   Enum& target) const {
    std::string word;
    read_line(key, word);
    if (word.empty()) return !has(key);
    for (const Spelling<Enum>& spelling : spellings) {
      if (spelling.text != word) continue;
      target = spelling.value;
      return true;
    }
    std::vector<std::string> words;
    words.reserve(size);
    for (const Spelling<Enum>& spelling : spellings) words.emplace_back(spelling.text);
    report_choice(key, word, words);
    return false;
  }

  // The table of this name, or nullptr.
  const Node::Table* read_table(std::string_view key) const;

  // Calls `decode` with a reader for each element of an array of tables. Only for tables in [vms.NAME].
  void read_tables(std::string_view key, const TableKeys& keys,
                   const std::function<void(const TableReader& element)>& decode) const;

  // A finding where the key is absent.
  void require(std::string_view key, std::string_view hint = {}) const;

  // A finding where the key is there, which is for `owner` only: "type 'bridge'".
  void refuse(std::string_view key, std::string_view owner, std::string_view other) const;

  // A finding at the value of `key`, or at the table itself when there is none.
  void report(std::string_view key, std::string_view sentence, std::string_view hint = {}) const;

  // "[vms.test-vm]", "[vms.test-vm] volumes[0]"
  std::string title() const;

  // Of the table itself.
  Location location() const { return m_location; }

  Context& context() const { return m_context; }
  const Names& names() const { return m_names; }

 private:
  void check_keys() const;
  template <typename Value>
  const Value* value_of(std::string_view key, std::string_view wanted) const;
  const std::int64_t* whole_between(std::string_view key, std::int64_t least, std::int64_t most) const;
  void report_choice(std::string_view key, std::string_view word, std::span<const std::string> words) const;

  Context& m_context;
  const Node::Table& m_table;
  Location m_location;
  const TableKeys& m_keys;
  Names m_names;
  std::uint64_t m_lengths = 0;  // a bit for each length of a key, since most that are asked for are absent
};

// Reads an array of texts of one line each from a member whose name the user chose.
void read_line_array(Context& context, const Member& member, std::vector<std::string>& target);

// The member's value as a table, or nullptr and a finding "'api-key' must be a table, not a string".
const Node::Table* expect_table(Context& context, const Member& member, std::string_view hint = {});

}  // namespace vmcred::config
