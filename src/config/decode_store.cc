// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/name_rules.h"
#include "config/path.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

void read_groups(const TableReader& reader, std::vector<std::string>& groups) {
  if (!reader.has("groups")) return;
  groups.clear();
  reader.read_lines("groups", groups);
  for (const std::string& group : groups)
    if (!is_user_name(group))
      reader.report("groups", concat(quoted(group), " is not a valid name of a group"));
}

// One path, or several.
void read_identities(const TableReader& reader, std::vector<std::string>& identities) {
  const Member* member = reader.find("identity");
  if (member == nullptr) return;
  if (!std::holds_alternative<Node::Array>(member->value.value)) {
    std::string path;
    reader.read_path("identity", path);
    if (!path.empty()) identities.push_back(std::move(path));
    return;
  }
  reader.read_lines("identity", identities);
  for (std::string& path : identities) path = anchored(reader.context().directory, path);
}

void check_recipients(const TableReader& reader, std::string_view key,
                      const std::vector<std::string>& recipients) {
  if (std::ranges::find(recipients, "") != recipients.end())
    reader.report(key, concat("an element of ", quoted(key), " is empty"));
}

void read_machine_recipients(const TableReader& store, std::vector<MachineRecipients>& target) {
  const Node::Table* table = store.read_table("age_recipients_for");
  if (table == nullptr) return;
  Context& context = store.context();
  for (const Member& member : *table) {
    if (!is_machine_name(member.key))
      context.findings.add(member.key_location,
                           concat(quoted(member.key), " is not a valid name of a machine"));
    MachineRecipients& entry =
        target.emplace_back(MachineRecipients{.machine = member.key, .recipients = {}});
    read_line_array(context, member, entry.recipients);
    if (std::ranges::find(entry.recipients, "") != entry.recipients.end())
      context.findings.add(member.value.location, concat("an element of ", quoted(member.key), " is empty"));
  }
}

}  // namespace

Store decode_store(Context& context, const Member* member) {
  Store store;
  store.path = anchored(context.directory, store.path);
  if (member == nullptr) return store;
  const Node::Table* table = expect_table(context, *member);
  if (table == nullptr) return store;
  const TableReader reader(context, *table, member->key_location, k_store_keys, {});
  reader.read_path("path", store.path);
  reader.read_choice("backend", k_store_backend_spellings, store.backend);
  read_groups(reader, store.groups);
  read_identities(reader, store.identities);
  reader.read_lines("age_recipients", store.age_recipients);
  check_recipients(reader, "age_recipients", store.age_recipients);
  read_machine_recipients(reader, store.age_recipients_for);
  return store;
}

}  // namespace vmcred::config
