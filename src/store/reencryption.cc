// SPDX-License-Identifier: Apache-2.0
#include "store/reencryption.h"

#include <optional>

#include "base/text.h"
#include "store/keyring_hint.h"
#include "store/parallel.h"
#include "store/places.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"
#include "store/wrap.h"

namespace vmcred::store {
namespace {

using Texts = std::map<std::string, std::string>;  // by path

base::Result<Keys> wanted_keys(const View& view, const Members& members, const std::string& folder) {
  std::vector<std::string> ignored;
  VMCRED_TRY_ASSIGN(const Links links, read_links(view, folder, members, ignored));
  return members.keys_of(links);
}

base::Error for_nobody(const std::string& folder) {
  return {.kind = base::ErrorKind::refused,
          .what = base::concat(folder, " would be left for nobody to read"),
          .hint = "give somebody else access first, or remove the secret"};
}

// The files in a folder that are not for these keys yet, for these keys.
base::Result<Texts> for_new_keys(const Administration& with, const Members& members,
                                 const std::string& folder, const Keys& keys) {
  Texts texts;
  if (keys.empty()) return for_nobody(folder);
  for (const auto name : {k_secret, k_previous_secret}) {
    const std::string path = path_in(folder, name);
    VMCRED_TRY_ASSIGN(const auto file, with.transaction.read_file(path));
    if (!file) continue;
    auto text = rewrapped(*file, keys, members, with.keyring.identities(), DataKey::keep);
    if (!text) return unreadable(std::move(text).error(), path, with.keyring);
    if (*text) texts.emplace(path, **std::move(text));
  }
  return texts;
}

base::Result<void> drop_group(const Administration& with, const std::vector<std::string>& folders,
                              const std::string& group) {
  for (const auto& folder : folders)
    if (const std::string link = base::concat(folder, "/groups/", group);
        with.transaction.view().read_link(link))
      VMCRED_TRY(with.transaction.remove(link));
  return {};
}

}  // namespace

base::Result<Reencryption> Reencryption::before(const Administration& with) {
  Reencryption work;
  const View& view = with.transaction.view();
  VMCRED_TRY_ASSIGN(work.m_members, list_members(view));
  VMCRED_TRY_ASSIGN(const Places places, places_of(with.settings));
  VMCRED_TRY_ASSIGN(const auto folders, secret_folders(view, places.vars));
  std::vector<Keys> keys(folders.size());
  VMCRED_TRY(in_parallel(folders.size(), [&](std::size_t i) -> base::Result<void> {
    VMCRED_TRY_ASSIGN(keys[i], wanted_keys(view, work.m_members, folders[i]));
    return {};
  }));
  for (std::size_t i = 0; i < folders.size(); ++i) work.m_keys.emplace(folders[i], std::move(keys[i]));
  return work;
}

std::vector<std::string> Reencryption::folders() const {
  std::vector<std::string> found;
  for (const auto& [folder, keys] : m_keys) found.push_back(folder);
  return found;
}

base::Result<std::vector<std::string>> Reencryption::finish(const Administration& with) const {
  VMCRED_TRY_ASSIGN(const Members now, list_members(with.transaction.view()));
  const auto all = folders();
  for (const auto& [group, links] : m_members.groups)
    if (!now.groups.contains(group)) VMCRED_TRY(drop_group(with, all, group));
  std::vector<Texts> texts(all.size());
  VMCRED_TRY(in_parallel(all.size(), [&](std::size_t i) -> base::Result<void> {
    if (!with.transaction.view().has_file(path_in(all[i], k_secret))) return {};
    VMCRED_TRY_ASSIGN(const Keys keys, wanted_keys(with.transaction.view(), now, all[i]));
    if (keys == m_keys.at(all[i])) return {};
    VMCRED_TRY_ASSIGN(texts[i], for_new_keys(with, now, all[i], keys));
    return {};
  }));
  std::vector<std::string> reencrypted;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!texts[i].empty()) reencrypted.push_back(all[i]);
    for (const auto& [path, text] : texts[i]) VMCRED_TRY(with.transaction.write_file(path, text));
  }
  return reencrypted;
}

}  // namespace vmcred::store
