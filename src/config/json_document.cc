// SPDX-License-Identifier: Apache-2.0
// The only file that sees nlohmann-json. Its event interface tells what was read but not where; the position
// comes from the iterator that it reads through.
#include <algorithm>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/text.h"
#include "config/document.h"

namespace vmcred::config {
namespace {

// Reads a text and keeps its position outside, where all copies and the builder share it.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  explicit CountingIterator(const char** position) : m_position(position) {}

  reference operator*() const { return **m_position; }
  CountingIterator& operator++() {
    ++*m_position;
    return *this;
  }
  bool operator==(const CountingIterator& other) const { return *m_position == *other.m_position; }
  bool operator!=(const CountingIterator& other) const { return !(*this == other); }

 private:
  const char** m_position;
};

// The second of two equal keys, or nullptr.
const Member* find_duplicate(const Node::Table& table) {
  std::vector<const Member*> members;
  members.reserve(table.size());
  for (const Member& member : table) members.push_back(&member);
  std::sort(members.begin(), members.end(), [](const Member* a, const Member* b) {
    return a->key != b->key ? a->key < b->key : a->key_location < b->key_location;
  });
  const auto equal_keys = [](const Member* a, const Member* b) { return a->key == b->key; };
  const auto first = std::adjacent_find(members.begin(), members.end(), equal_keys);
  return first == members.end() ? nullptr : *std::next(first);
}

// nlohmann-json's sentence without its own idea of the position and without the bytes it quotes from the
// file.
std::string describe(std::string_view what) {
  const std::size_t start = what.find("syntax error ");
  if (start == std::string_view::npos) return "number out of range";
  what.remove_prefix(start);
  return std::string(what.substr(0, what.find("; last read")));
}

// Receives the events; each function returns false to stop.
class Builder {
 public:
  // `position` is where the parser has read to, all the time.
  Builder(std::string_view path, std::string_view text, const char* const* position)
      : m_path(path), m_position(position), m_cursor(text.data()), m_end(text.data() + text.size()) {
    constexpr std::string_view k_byte_order_mark = "\xef\xbb\xbf";
    if (text.starts_with(k_byte_order_mark)) m_cursor += k_byte_order_mark.size();
  }

  base::Result<Node> take() && {
    if (m_error) return *std::move(m_error);
    return std::move(m_root);
  }

  bool null() { return add(Node::Foreign{"null"}); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  // No key takes a number near the limit: the largest one is as wrong as what was written.
  bool number_unsigned(std::uint64_t value) {
    constexpr std::uint64_t k_largest = std::numeric_limits<std::int64_t>::max();
    return add(static_cast<std::int64_t>(std::min(value, k_largest)));
  }
  bool number_float(double value, const std::string& /*text*/) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(std::vector<std::uint8_t>& /*value*/) { return false; }

  bool start_object(std::size_t /*size*/) { return open(Node{Node::Table{}, {}}); }
  bool start_array(std::size_t /*size*/) { return open(Node{Node::Array{}, {}}); }

  bool key(std::string& text) {
    const Location location = locate_token();
    std::get<Node::Table>(m_open.back()->value).push_back({std::move(text), location, {}});
    return true;
  }

  bool end_object() {
    const Member* duplicate = find_duplicate(std::get<Node::Table>(m_open.back()->value));
    if (duplicate != nullptr)
      return fail(duplicate->key_location,
                  base::concat("key ", base::quoted(duplicate->key), " is given twice"));
    return end_array();
  }

  bool end_array() {
    m_open.pop_back();
    move_cursor();
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& exception) {
    const std::string sentence = describe(exception.what());
    return fail(locate_fault(sentence), sentence);
  }

 private:
  bool fail(Location location, std::string_view sentence) {
    m_error = error_at(m_path, location, sentence);
    return false;
  }

  // Where the next token begins: behind the last one, white space and separators, but not after `last`.
  const char* token_start(const char* last) const {
    const char* start = m_cursor;
    while (start < last && std::string_view(" \t\r\n,:").find(*start) != std::string_view::npos) ++start;
    return start;
  }

  Location location_of(const char* place) const {
    return advance(m_location, {m_cursor, static_cast<std::size_t>(place - m_cursor)});
  }

  Location locate_token() {
    const Location location = location_of(token_start(m_end));
    move_cursor();
    return location;
  }

  // A token that is wrong in itself is pointed at where it goes wrong, one in the wrong place at its start.
  Location locate_fault(std::string_view sentence) const {
    if (sentence.find("unexpected end of input") != std::string_view::npos) return location_of(*m_position);
    // The number before has taken this byte already.
    if (*m_position == m_cursor) return {m_location.line, m_location.column - 1};
    const char* last = *m_position - 1;
    return location_of(sentence.find(" - invalid ") != std::string_view::npos ? last : token_start(last));
  }

  // Behind a number that includes the byte after it, which the parser had to see: white space or punctuation.
  void move_cursor() {
    m_location = advance(m_location, {m_cursor, static_cast<std::size_t>(*m_position - m_cursor)});
    m_cursor = *m_position;
  }

  template <typename Value>
  bool add(Value&& value) {
    place() = {std::forward<Value>(value), locate_token()};
    return true;
  }

  bool open(Node node) {
    node.location = locate_token();
    if (m_open.size() == k_max_depth) return fail(node.location, "nested too deeply");
    Node& placed = place();
    placed = std::move(node);
    m_open.push_back(&placed);
    return true;
  }

  // Where the next value goes. Stays valid while it is open: its siblings come later.
  Node& place() {
    if (m_open.empty()) return m_root;
    Node& parent = *m_open.back();
    if (auto* table = std::get_if<Node::Table>(&parent.value)) return table->back().value;
    return std::get<Node::Array>(parent.value).emplace_back();
  }

  std::string_view m_path;
  const char* const* m_position;
  const char* m_cursor;  // the end of the last token
  const char* m_end;
  Location m_location;  // of m_cursor
  Node m_root;
  std::vector<Node*> m_open;
  std::optional<base::Error> m_error;
};

}  // namespace

base::Result<Node> parse_json(std::string_view path, std::string_view text) {
  const char* position = text.data();
  const char* end = text.data() + text.size();
  Builder builder(path, text, &position);
  // The builder keeps the error and its parse result alike.
  (void)nlohmann::json::sax_parse(CountingIterator(&position), CountingIterator(&end), &builder);
  VMCRED_TRY_ASSIGN(Node root, std::move(builder).take());
  if (!std::holds_alternative<Node::Table>(root.value))
    return error_at(path, root.location, base::concat("a config is a table, not ", noun(root)));
  return root;
}

}  // namespace vmcred::config
