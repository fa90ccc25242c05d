// SPDX-License-Identifier: Apache-2.0
#include "store/secret_folder.h"

#include "base/text.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using Names = std::set<std::string>;

base::Result<void> stage_kind(Transaction& transaction, const std::string& folder, const std::string& kind,
                              const Names& before, const Names& after) {
  for (const auto& name : before)
    if (!after.contains(name)) VMCRED_TRY(transaction.remove(base::concat(folder, "/", kind, "/", name)));
  for (const auto& name : after) {
    if (before.contains(name)) continue;
    const std::string path = base::concat(folder, "/", kind, "/", name);
    VMCRED_TRY(transaction.write_link(path, relative_target(path, base::concat("sops/", kind, "/", name))));
  }
  return {};
}

base::Result<void> add_secret_folders(const View& view, std::string_view below,
                                      std::vector<std::string>& found) {
  VMCRED_TRY_ASSIGN(const auto leaves, view.leaves(below));
  for (const auto& path : leaves)
    if (name_of(path) == k_secret && view.has_file(path)) found.emplace_back(folder_of(path));
  return {};
}

}  // namespace

base::Result<void> stage_links(Transaction& transaction, const std::string& folder, const Links& before,
                               const Links& after) {
  VMCRED_TRY(stage_kind(transaction, folder, "users", before.users, after.users));
  VMCRED_TRY(stage_kind(transaction, folder, "machines", before.machines, after.machines));
  return stage_kind(transaction, folder, "groups", before.groups, after.groups);
}

base::Result<std::vector<std::string>> secret_folders(const View& view, const std::string& vars) {
  std::vector<std::string> found;
  VMCRED_TRY(add_secret_folders(view, vars, found));
  VMCRED_TRY(add_secret_folders(view, "sops/secrets", found));
  return found;
}

std::string machine_key_folder(std::string_view machine) {
  return base::concat("sops/secrets/", machine, "-age.key");
}

}  // namespace vmcred::store
