// SPDX-License-Identifier: Apache-2.0
#include "store/members.h"

#include <algorithm>

#include "base/text.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using base::concat;
using KeysByName = std::map<std::string, std::vector<PublicKey>>;

base::Result<KeysByName> read_keys(const View& view, const std::string& folder) {
  KeysByName found;
  VMCRED_TRY_ASSIGN(const auto names, view.names(folder));
  for (const auto& name : names) {
    const std::string path = concat(folder, "/", name, "/key.json");
    VMCRED_TRY_ASSIGN(const auto text, view.read_file(path));
    if (!text) continue;
    VMCRED_TRY_ASSIGN(found[name], parse_key_json(*text, concat(view.root(), "/", path)));
  }
  return found;
}

// One kind of links in a folder. `known` says whether a name is one of that kind.
template <typename Known>
base::Result<std::set<std::string>> read_kind(const View& view, std::string_view folder,
                                              std::string_view kind, const Known& known,
                                              std::vector<std::string>& warnings) {
  std::set<std::string> found;
  const std::string path = path_in(folder, kind);
  VMCRED_TRY_ASSIGN(const auto names, view.names(path));
  for (const auto& name : names) {
    const auto target = view.read_link(path_in(path, name));
    if (!target) continue;
    if (name_of(*target) == name && name_of(folder_of(*target)) == kind && known.contains(name))
      found.insert(name);
    else
      warnings.push_back(
          concat(path, "/", name, " leads to ", base::quoted(*target), ", which is not there"));
  }
  return found;
}

base::Result<void> read_groups(const View& view, Members& members, std::vector<std::string>& warnings) {
  VMCRED_TRY_ASSIGN(const auto names, view.names("sops/groups"));
  for (const auto& name : names) {
    VMCRED_TRY_ASSIGN(Links links, read_links(view, group_path(name), members, warnings));
    if (!links.users.empty() || !links.machines.empty()) members.groups[name] = std::move(links);
  }
  return {};
}

void add_keys(const KeysByName& all, const std::set<std::string>& names, Keys& keys) {
  for (const auto& name : names)
    if (const auto found = all.find(name); found != all.end())
      for (const auto& key : found->second)
        keys.insert({.type = key.type, .text = without_comment(key.text)});
}

std::string name_with(const KeysByName& all, const PublicKey& key) {
  for (const auto& [name, keys] : all)
    for (const auto& its : keys)
      if (its.type == key.type && without_comment(its.text) == key.text) return name;
  return "";
}

}  // namespace

Keys Members::keys_of(const Links& links) const {
  Keys keys;
  add_keys(users, links.users, keys);
  add_keys(machines, links.machines, keys);
  for (const auto& name : links.groups) {
    const auto group = groups.find(name);
    if (group == groups.end()) continue;
    add_keys(users, group->second.users, keys);
    add_keys(machines, group->second.machines, keys);
  }
  return keys;
}

std::string Members::owner_of(const PublicKey& key) const {
  if (const std::string user = name_with(users, key); !user.empty()) return "user " + user;
  if (const std::string machine = name_with(machines, key); !machine.empty()) return "machine " + machine;
  return key.text;
}

std::string Members::user_with(const std::vector<std::string>& recipients) const {
  for (const auto& [name, keys] : users)
    for (const auto& key : keys)
      if (std::ranges::find(recipients, without_comment(key.text)) != recipients.end()) return name;
  return "";
}

base::Result<Members> read_members(const View& view, std::vector<std::string>& warnings) {
  Members members;
  VMCRED_TRY_ASSIGN(members.users, read_keys(view, "sops/users"));
  VMCRED_TRY_ASSIGN(members.machines, read_keys(view, "sops/machines"));
  VMCRED_TRY(read_groups(view, members, warnings));
  return members;
}

base::Result<Links> read_links(const View& view, std::string_view folder, const Members& members,
                               std::vector<std::string>& warnings) {
  Links links;
  VMCRED_TRY_ASSIGN(links.users, read_kind(view, folder, "users", members.users, warnings));
  VMCRED_TRY_ASSIGN(links.machines, read_kind(view, folder, "machines", members.machines, warnings));
  VMCRED_TRY_ASSIGN(links.groups, read_kind(view, folder, "groups", members.groups, warnings));
  return links;
}

std::string machine_path(std::string_view name) { return concat("sops/machines/", name); }
std::string group_path(std::string_view name) { return concat("sops/groups/", name); }

}  // namespace vmcred::store
