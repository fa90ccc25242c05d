// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>

#include "config/decode.h"

namespace vmcred::config {
namespace {

// Takes the first part off a path of keys: "shares[1].protocol" gives "shares", and leaves "[1].protocol".
std::string_view next_part(std::string_view& path) {
  if (path.starts_with('.')) path.remove_prefix(1);
  const std::size_t length = path.starts_with('[') ? path.find(']') + 1 : path.find_first_of(".[");
  const std::string_view part = path.substr(0, length);
  path.remove_prefix(part.size());
  return part;
}

const Node* child(const Node& node, std::string_view part) {
  if (const auto* table = std::get_if<Node::Table>(&node.value)) {
    const auto member = std::ranges::find(*table, part, &Member::key);
    return member == table->end() ? nullptr : &member->value;
  }
  const auto* array = std::get_if<Node::Array>(&node.value);
  if (array == nullptr || !part.starts_with('[')) return nullptr;
  std::size_t index = array->size();
  std::from_chars(part.data() + 1, part.data() + part.size(), index);
  return index < array->size() ? &(*array)[index] : nullptr;
}

// Of the value that the path leads to, or of the last on the way that is there.
Location locate(const TableReader& reader, std::string_view path) {
  const Member* member = reader.find(next_part(path));
  if (member == nullptr) return reader.location();
  const Node* last = &member->value;
  while (!path.empty()) {
    const Node* next = child(*last, next_part(path));
    if (next == nullptr) break;
    last = next;
  }
  return last->location;
}

}  // namespace

void check_vm(const TableReader& reader, const VirtualMachine& vm) {
  Context& context = reader.context();
  if (context.check == nullptr || context.findings.any_about_current()) return;
  for (const VmFinding& finding : context.check(vm))
    context.findings.add(locate(reader, finding.key), finding.sentence, finding.hint);
}

}  // namespace vmcred::config
