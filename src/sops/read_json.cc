// SPDX-License-Identifier: Apache-2.0
// The parser keeps a string's bytes in ordinary memory until the next token; they are wiped as soon as they
// were copied.
#include <string.h>
#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "base/text.h"
#include "sops/canonical.h"
#include "sops/failure.h"
#include "sops/json.h"

namespace vmcred::sops {
namespace {

using base::Result;

// The parser's sentence without its own idea of the place and without the bytes that it quotes.
std::string describe(std::string_view what) {
  const std::size_t start = what.find("syntax error ");
  if (start == std::string_view::npos) return "a number is out of range";
  what.remove_prefix(start);
  return std::string(what.substr(0, what.find("; last read")));
}

bool has_duplicate(const Map& map) {
  std::vector<std::string_view> keys;
  keys.reserve(map.entries.size());
  for (const auto& entry : map.entries) keys.push_back(entry.key);
  std::sort(keys.begin(), keys.end());
  return std::adjacent_find(keys.begin(), keys.end()) != keys.end();
}

// Receives the events; each function returns false to stop.
class Builder {
 public:
  Builder(std::string_view text, Reading reading) : m_text(text), m_reading(reading) {}

  Result<Node> take() && {
    if (m_error) return *std::move(m_error);
    return std::move(m_root);
  }

  bool null() { return add(null_leaf()); }
  bool boolean(bool value) { return add(boolean_leaf(value)); }
  bool number_integer(std::int64_t value) { return add(integer_leaf(value)); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return number_float(static_cast<double>(value), std::to_string(value));
    return add(integer_leaf(static_cast<std::int64_t>(value)));
  }
  bool number_float(double value, const std::string& text) {
    auto leaf = floating_leaf(value);
    const bool is_whole = text.find_first_of(".eE") == std::string::npos;
    if (leaf && is_whole && m_reading == Reading::plain && text_of(leaf->plaintext.bytes()) != text)
      return fail("a whole number is too large to be kept exactly: write it as a string");
    return add(std::move(leaf));
  }
  bool string(std::string& value) {
    auto leaf = leaf_as_read(Leaf::Type::string, value, m_reading);
    ::explicit_bzero(value.data(), value.size());
    return add(std::move(leaf));
  }
  bool binary(std::vector<std::uint8_t>& /*value*/) { return false; }

  bool start_object(std::size_t /*size*/) { return open({Map{}}); }
  bool start_array(std::size_t /*size*/) { return open({Sequence{}}); }

  bool key(std::string& text) {
    std::get<Map>(m_open.back()->value).entries.push_back({.key = text, .value = {}});
    return true;
  }

  bool end_object() {
    if (has_duplicate(std::get<Map>(m_open.back()->value))) return fail("a key is given twice in one object");
    return end_array();
  }

  bool end_array() {
    m_open.pop_back();
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& exception) {
    const auto end = m_text.begin() + static_cast<std::ptrdiff_t>(std::min(position, m_text.size()));
    const auto line = std::count(m_text.begin(), end, '\n') + 1;
    return fail(base::concat("line ", line, ": ", describe(exception.what())));
  }

 private:
  bool fail(std::string sentence) {
    m_error = failed(Failure::unreadable, base::concat("not JSON as SOPS has it: ", sentence));
    return false;
  }

  bool add(Result<Leaf> leaf) {
    if (!leaf) {
      m_error = std::move(leaf).error();
      return false;
    }
    place() = {*std::move(leaf)};
    return true;
  }

  bool open(Node node) {
    if (m_open.size() == k_max_depth) return fail("nested too deeply");
    Node& placed = place();
    placed = std::move(node);
    m_open.push_back(&placed);
    return true;
  }

  // Where the next value goes. Stays valid while it is open: its siblings come later.
  Node& place() {
    if (m_open.empty()) return m_root;
    Node& parent = *m_open.back();
    if (auto* map = std::get_if<Map>(&parent.value)) return map->entries.back().value;
    return std::get<Sequence>(parent.value).items.emplace_back();
  }

  std::string_view m_text;
  Reading m_reading;
  Node m_root;
  std::vector<Node*> m_open;
  std::optional<base::Error> m_error;
};

Result<Node> parse(crypto::Bytes text, Reading reading) {
  const std::string_view characters = text_of(text);
  Builder builder(characters, reading);
  // The builder keeps the error and its parse result alike.
  (void)nlohmann::json::sax_parse(characters.begin(), characters.end(), &builder);
  return std::move(builder).take();
}

}  // namespace

Result<Map> parse_json(crypto::Bytes text, Reading reading) {
  VMCRED_TRY_ASSIGN(Node node, parse(text, reading));
  auto* map = std::get_if<Map>(&node.value);
  if (map == nullptr)
    return failed(Failure::unreadable, "a SOPS file in JSON is one object", "wrap the value: {\"data\": …}");
  return std::move(*map);
}

Result<Node> parse_json_value(crypto::Bytes text) { return parse(text, Reading::plain); }

}  // namespace vmcred::sops
