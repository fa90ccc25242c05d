// SPDX-License-Identifier: Apache-2.0
#include "config/entry.h"

#include <algorithm>

#include "base/file.h"
#include "base/text.h"
#include "config/canonical_json.h"
#include "config/path.h"
#include "config/pins.h"

namespace vmcred::config {
namespace {

// The entry, its secrets, one secret.
constexpr int k_tables_of_entry = 3;

const Member* find(const Node& node, std::string_view key) {
  const auto* table = std::get_if<Node::Table>(&node.value);
  if (table == nullptr) return nullptr;
  const auto found = std::ranges::find(*table, key, &Member::key);
  return found == table->end() ? nullptr : &*found;
}

}  // namespace

std::string entry_text(const Node& table) { return canonical_json(table, k_tables_of_entry).value_or(""); }

base::Result<Node> parse_entry(std::string_view text, std::string_view subject) {
  return parse_document(base::concat(subject, ".json"), text);
}

base::Result<Entry> read_entry(const std::string& config_path, std::string_view vm) {
  VMCRED_TRY_ASSIGN(const std::string text, base::read_text_file(config_path, k_max_document_bytes));
  VMCRED_TRY_ASSIGN(const Node root, parse_document(config_path, text));
  const Member* vms = find(root, "vms");
  const Member* member = vms == nullptr ? nullptr : find(vms->value, vm);
  if (member == nullptr)
    return base::Error{.kind = base::ErrorKind::config,
                       .what = base::concat("no vm ", base::quoted(vm), " in ", config_path)};
  Entry entry{.in_file = entry_text(member->value), .in_use = {}};
  VMCRED_TRY_ASSIGN(const auto pin, read_pin(directory_of(config_path), vm));
  entry.in_use = pin && pin->replaces == entry.in_file ? pin->entry : entry.in_file;
  return entry;
}

}  // namespace vmcred::config
