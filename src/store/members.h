// SPDX-License-Identifier: Apache-2.0
// Who is in a repository: the users, machines and groups below "sops/", with their public keys.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/key_json.h"
#include "store/view.h"

namespace vmcred::store {

// Names, as they are in a secret's folder, or in a group's (which has no groups).
struct Links {
  std::set<std::string> users;
  std::set<std::string> machines;
  std::set<std::string> groups;

  bool operator==(const Links&) const = default;
};

using Keys = std::set<PublicKey>;

struct Members {
  std::map<std::string, std::vector<PublicKey>> users;
  std::map<std::string, std::vector<PublicKey>> machines;
  std::map<std::string, Links> groups;

  // All keys of those that the links name, and of the groups' members; SSH keys without their comments.
  Keys keys_of(const Links& links) const;

  // "user alice", "machine web", or the key itself where nobody has it.
  std::string owner_of(const PublicKey& key) const;

  // The first user who has one of these recipients; "" where nobody has.
  std::string user_with(const std::vector<std::string>& recipients) const;
};

// Links that lead nowhere, or to something of another kind, are left out; each gives a warning.
base::Result<Members> read_members(const View& view, std::vector<std::string>& warnings);

// The links of a secret's or a group's folder, as far as they lead to members that there are.
base::Result<Links> read_links(const View& view, std::string_view folder, const Members& members,
                               std::vector<std::string>& warnings);

// Paths below the root.
std::string machine_path(std::string_view name);  // "sops/machines/web"
std::string group_path(std::string_view name);    // "sops/groups/admins"

}  // namespace vmcred::store
