// SPDX-License-Identifier: Apache-2.0
#include "config/reader.h"

#include <algorithm>

#include "base/text.h"
#include "config/name_rules.h"
#include "config/path.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

bool contains(std::span<const std::string_view> keys, std::string_view key) {
  return std::ranges::find(keys, key) != keys.end();
}

std::string wrong_type(std::string_view key, std::string_view wanted, const Node& node) {
  return concat(quoted(key), " must be ", wanted, ", not ", noun(node));
}

std::uint64_t length_bit(std::string_view key) { return std::uint64_t{1} << (key.size() % 64); }

// The finding about a text that must be one line, or "".
std::string_view line_fault(std::string_view text) {
  return has_control_character(text) ? " must not contain control characters" : "";
}

}  // namespace

TableReader::TableReader(Context& context, const Node::Table& table, Location location, const TableKeys& keys,
                         Names names)
    : m_context(context), m_table(table), m_location(location), m_keys(keys), m_names(names) {
  for (const Member& member : m_table) m_lengths |= length_bit(member.key);
  check_keys();
}

void TableReader::check_keys() const {
  for (const Member& member : m_table) {
    if (contains(m_keys.values, member.key) || contains(m_keys.tables, member.key)) continue;
    std::vector<std::string> known(m_keys.values.begin(), m_keys.values.end());
    known.insert(known.end(), m_keys.tables.begin(), m_keys.tables.end());
    m_context.findings.add(member.key_location, concat("unknown key ", quoted(member.key), " in ", title(),
                                                       base::did_you_mean(member.key, known)));
  }
}

std::string TableReader::title() const {
  if (m_keys.place.empty()) return "the config";
  const std::size_t bracket = m_keys.place.find('[');
  const std::size_t end = bracket == std::string_view::npos ? bracket : m_keys.place.rfind('.', bracket);
  std::string text = "[";
  const std::string_view* name = m_names.data();
  for (std::size_t i = 0; i < m_keys.place.size(); ++i) {
    if (i == end) {
      text += "] ";
    } else if (m_keys.place[i] == '*') {
      const std::string escaped = quoted(*name++);
      text += std::string_view(escaped).substr(1, escaped.size() - 2);
    } else {
      text += m_keys.place[i];
    }
  }
  return end == std::string_view::npos ? text + "]" : text;
}

const Member* TableReader::find(std::string_view key) const {
  if ((m_lengths & length_bit(key)) == 0) return nullptr;
  const auto member = std::ranges::find(m_table, key, &Member::key);
  return member == m_table.end() ? nullptr : &*member;
}

void TableReader::report(std::string_view key, std::string_view sentence, std::string_view hint) const {
  const Member* member = find(key);
  m_context.findings.add(member == nullptr ? m_location : member->value.location, sentence, hint);
}

template <typename Value>
const Value* TableReader::value_of(std::string_view key, std::string_view wanted) const {
  const Member* member = find(key);
  if (member == nullptr) return nullptr;
  const auto* value = std::get_if<Value>(&member->value.value);
  if (value == nullptr) report(key, wrong_type(key, wanted, member->value));
  return value;
}

void TableReader::read_boolean(std::string_view key, bool& target) const {
  if (const auto* value = value_of<bool>(key, "a boolean")) target = *value;
}

void TableReader::read_text(std::string_view key, std::string& target) const {
  if (const auto* value = value_of<std::string>(key, "a string")) target = *value;
}

void TableReader::read_line(std::string_view key, std::string& target) const {
  const auto* value = value_of<std::string>(key, "a string");
  if (value == nullptr) return;
  const std::string_view fault = value->empty() ? " is empty" : line_fault(*value);
  if (fault.empty())
    target = *value;
  else
    report(key, concat(quoted(key), fault));
}

void TableReader::read_path(std::string_view key, std::string& target) const {
  std::string path;
  read_line(key, path);
  if (!path.empty()) target = anchored(m_context.directory, path);
}

void TableReader::read_lines(std::string_view key, std::vector<std::string>& target) const {
  if (const Member* member = find(key)) read_line_array(m_context, *member, target);
}

const Node::Table* TableReader::read_table(std::string_view key) const {
  return value_of<Node::Table>(key, "a table");
}

void TableReader::read_tables(std::string_view key, const TableKeys& keys,
                              const std::function<void(const TableReader&)>& decode) const {
  const auto* array = value_of<Node::Array>(key, "an array of tables");
  if (array == nullptr) return;
  for (std::size_t i = 0; i < array->size(); ++i) {
    const Node& element = (*array)[i];
    const auto* table = std::get_if<Node::Table>(&element.value);
    if (table == nullptr) {
      m_context.findings.add(element.location,
                             concat(quoted(key), " must be an array of tables, this is ", noun(element)));
      continue;
    }
    const std::string index = std::to_string(i);
    decode(TableReader(m_context, *table, element.location, keys, {m_names[0], index}));
  }
}

void TableReader::require(std::string_view key, std::string_view hint) const {
  if (!has(key)) report(key, concat(title(), " needs ", quoted(key)), hint);
}

void TableReader::refuse(std::string_view key, std::string_view owner, std::string_view other) const {
  if (has(key)) report(key, concat(quoted(key), " is for ", owner, " only, not for ", quoted(other)));
}

const std::int64_t* TableReader::whole_between(std::string_view key, std::int64_t least,
                                               std::int64_t most) const {
  const auto* value = value_of<std::int64_t>(key, "a whole number");
  if (value == nullptr || (*value >= least && *value <= most)) return value;
  report(key, concat(quoted(key), " must be from ", least, " to ", most));
  return nullptr;
}

void TableReader::report_choice(std::string_view key, std::string_view word,
                                std::span<const std::string> words) const {
  report(key, concat("unknown ", key, " ", quoted(word), base::did_you_mean(word, words)),
         concat("choose one of: ", base::join(words, ", ")));
}

void read_line_array(Context& context, const Member& member, std::vector<std::string>& target) {
  const auto* array = std::get_if<Node::Array>(&member.value.value);
  if (array == nullptr) {
    context.findings.add(member.value.location, wrong_type(member.key, "an array of strings", member.value));
    return;
  }
  target.reserve(array->size());
  for (const Node& element : *array) {
    const auto* text = std::get_if<std::string>(&element.value);
    const std::string_view fault = text == nullptr ? "" : line_fault(*text);
    if (text == nullptr)
      context.findings.add(element.location, concat(quoted(member.key),
                                                    " must be an array of strings, this is ", noun(element)));
    else if (!fault.empty())
      context.findings.add(element.location, concat("an element of ", quoted(member.key), fault));
    else
      target.push_back(*text);
  }
}

const Node::Table* expect_table(Context& context, const Member& member, std::string_view hint) {
  const auto* table = std::get_if<Node::Table>(&member.value.value);
  if (table == nullptr)
    context.findings.add(member.value.location, wrong_type(member.key, "a table", member.value), hint);
  return table;
}

}  // namespace vmcred::config
