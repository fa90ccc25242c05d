// SPDX-License-Identifier: Apache-2.0
// `vars users list`, `vars machines list`, `vars groups list`.
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "store/administration.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;
using KeysByName = std::map<std::string, std::vector<store::PublicKey>>;

Result<store::Members> members_of(const command::Arguments& arguments) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const store::View view, store::View::open(session->root()));
  return store::list_members(view);
}

std::string keys_as_json(const KeysByName& members) {
  auto list = ordered_json::array();
  for (const auto& [name, keys] : members) {
    auto texts = ordered_json::array();
    for (const auto& key : keys) texts.push_back(key.text);
    list.push_back({{"name", name}, {"keys", std::move(texts)}});
  }
  return list.dump(2) + "\n";
}

std::string keys_as_text(const KeysByName& members) {
  std::string text;
  for (const auto& [name, keys] : members)
    for (const auto& key : keys) text += concat(name, "  ", command::shown_name(key.text), "\n");
  return text.empty() ? "(none)\n" : text;
}

Result<void> print_keys(const KeysByName& members, const command::Arguments& arguments,
                        const command::Streams& streams) {
  return command::print(streams, arguments.has("--json") ? keys_as_json(members) : keys_as_text(members));
}

std::string groups_as_json(const store::Members& members) {
  auto list = ordered_json::array();
  for (const auto& [name, links] : members.groups)
    list.push_back({{"name", name}, {"users", links.users}, {"machines", links.machines}});
  return list.dump(2) + "\n";
}

std::string groups_as_text(const store::Members& members) {
  std::string text;
  for (const auto& [name, links] : members.groups) {
    for (const auto& user : links.users) text += concat(name, "  user ", user, "\n");
    for (const auto& machine : links.machines) text += concat(name, "  machine ", machine, "\n");
  }
  return text.empty() ? "(none)\n" : text;
}

}  // namespace

Result<void> run_users_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const store::Members members, members_of(arguments));
  return print_keys(members.users, arguments, streams);
}

Result<void> run_machines_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const store::Members members, members_of(arguments));
  return print_keys(members.machines, arguments, streams);
}

Result<void> run_groups_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const store::Members members, members_of(arguments));
  return command::print(streams, arguments.has("--json") ? groups_as_json(members) : groups_as_text(members));
}

}  // namespace vmcred::cli
