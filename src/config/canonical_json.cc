// SPDX-License-Identifier: Apache-2.0
#include "config/canonical_json.h"

#include <nlohmann/json.hpp>

namespace vmcred::config {
namespace {

// False where the value has no canonical form. `tables` is how many may still be in each other.
bool convert(const Node& node, int tables, nlohmann::json& target) {
  if (const auto* text = std::get_if<std::string>(&node.value)) {
    target = *text;
  } else if (const auto* number = std::get_if<std::int64_t>(&node.value)) {
    target = *number;
  } else if (const auto* boolean = std::get_if<bool>(&node.value)) {
    target = *boolean;
  } else if (const auto* array = std::get_if<Node::Array>(&node.value)) {
    target = nlohmann::json::array();
    for (const Node& element : *array) {
      nlohmann::json& converted = target.emplace_back();
      const bool is_list = std::holds_alternative<Node::Array>(element.value);
      if (is_list || !convert(element, tables, converted)) return false;
    }
  } else if (const auto* table = std::get_if<Node::Table>(&node.value)) {
    if (tables == 0) return false;
    target = nlohmann::json::object();
    for (const Member& member : *table)
      if (!convert(member.value, tables - 1, target[member.key])) return false;
  } else {
    return false;
  }
  return true;
}

}  // namespace

std::optional<std::string> canonical_json(const Node& node, int most_tables) {
  nlohmann::json converted;
  if (!convert(node, most_tables, converted)) return std::nullopt;
  return converted.dump();
}

}  // namespace vmcred::config
