// SPDX-License-Identifier: Apache-2.0
#include "store/administration.h"

#include <algorithm>

#include "age/recipient.h"
#include "base/text.h"
#include "store/commit_message.h"
#include "store/member_keys.h"
#include "store/names.h"
#include "store/reencryption.h"
#include "store/secret_folder.h"
#include "store/tree_path.h"

namespace vmcred::store {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;

constexpr std::string_view word_of(MemberKind kind) { return kind == MemberKind::user ? "user" : "machine"; }
constexpr std::string_view folder_of_kind(MemberKind kind) {
  return kind == MemberKind::user ? "users" : "machines";
}

const std::map<std::string, std::vector<PublicKey>>& all_of(const Members& members, MemberKind kind) {
  return kind == MemberKind::user ? members.users : members.machines;
}

base::Result<void> check_name(MemberKind kind, const std::string& name) {
  return kind == MemberKind::user ? check_user_name("user", name) : check_file_name("machine", name);
}

std::string path_of(MemberKind kind, const std::string& name) {
  return concat("sops/", folder_of_kind(kind), "/", name);
}

std::string group_link(const std::string& group, MemberKind kind, const std::string& name) {
  return concat(group_path(group), "/", folder_of_kind(kind), "/", name);
}

base::Result<void> check_present(const Members& members, MemberKind kind, const std::string& name) {
  const auto& all = all_of(members, kind);
  if (all.contains(name)) return {};
  std::vector<std::string> names;
  for (const auto& [each, keys] : all) names.push_back(each);
  return Error{
      .kind = ErrorKind::usage,
      .what = concat("there is no ", word_of(kind), " ", quoted(name), base::did_you_mean(name, names)),
      .hint = concat("'vmcred vars ", folder_of_kind(kind), " list' shows those that there are")};
}

base::Result<void> write_keys(const Administration& with, MemberKind kind, const std::string& name,
                              const std::vector<PublicKey>& keys) {
  return with.transaction.write_file(path_in(path_of(kind, name), "key.json"), key_json(keys));
}

base::Result<void> stage_member(const Administration& with, const Members& members, MemberKind kind,
                                const std::string& name, const std::vector<PublicKey>& keys,
                                Replace replace) {
  VMCRED_TRY(check_name(kind, name));
  const auto& all = all_of(members, kind);
  const auto present = all.find(name);
  if (present != all.end() && same_keys(present->second, keys)) return {};
  if (present != all.end() && replace == Replace::no)
    return Error{.kind = ErrorKind::refused,
                 .what = concat(word_of(kind), " ", quoted(name), " is there already, with another key"),
                 .hint = "--force replaces the key"};
  return write_keys(with, kind, name, keys);
}

base::Result<void> link_to_group(const Administration& with, const std::string& group, MemberKind kind,
                                 const std::string& name) {
  const std::string link = group_link(group, kind, name);
  return with.transaction.write_link(link, relative_target(link, path_of(kind, name)));
}

base::Result<RecipientChange> finish(const Administration& with, const Reencryption& work,
                                     std::string message) {
  RecipientChange change{.message = std::move(message), .reencrypted = {}};
  VMCRED_TRY_ASSIGN(change.reencrypted, work.finish(with));
  return change;
}

// With its links in groups and secrets.
base::Result<void> stage_removal(const Administration& with, const Reencryption& work, MemberKind kind,
                                 const std::string& name) {
  VMCRED_TRY(with.transaction.remove_all(path_of(kind, name)));
  std::vector<std::string> links;
  for (const auto& [group, members] : work.members().groups) links.push_back(group_link(group, kind, name));
  for (const auto& folder : work.folders())
    links.push_back(concat(folder, "/", folder_of_kind(kind), "/", name));
  for (const auto& link : links)
    if (with.transaction.view().read_link(link)) VMCRED_TRY(with.transaction.remove(link));
  return {};
}

base::Result<RecipientChange> change_keys(const Administration& with, const std::string& name,
                                          const std::vector<PublicKey>& keys, std::string message) {
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  VMCRED_TRY(write_keys(with, MemberKind::user, name, keys));
  return finish(with, work, std::move(message));
}

}  // namespace

base::Result<Members> list_members(const View& view) {
  std::vector<std::string> ignored;
  return read_members(view, ignored);
}

base::Result<RecipientChange> add_user(const Administration& with, const std::string& name,
                                       const std::vector<std::string>& keys, Replace replace) {
  VMCRED_TRY_ASSIGN(const auto parsed, parse_member_keys(keys));
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  VMCRED_TRY(stage_member(with, work.members(), MemberKind::user, name, parsed, replace));
  return finish(with, work, member_added_message("user", name));
}

base::Result<RecipientChange> add_admin(const Administration& with, const std::string& name,
                                        const std::vector<std::string>& keys, Replace replace) {
  VMCRED_TRY_ASSIGN(const auto parsed, parse_member_keys(keys));
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  const std::string group(k_admins_group);
  VMCRED_TRY(stage_member(with, work.members(), MemberKind::user, name, parsed, replace));
  VMCRED_TRY(link_to_group(with, group, MemberKind::user, name));
  if (!work.members().groups.contains(group))
    if (const std::string acting = work.members().user_with(with.keyring.recipients()); !acting.empty())
      VMCRED_TRY(link_to_group(with, group, MemberKind::user, acting));
  for (const auto& folder : work.folders())
    VMCRED_TRY(stage_links(with.transaction, folder, {}, {.users = {}, .machines = {}, .groups = {group}}));
  return finish(with, work, member_added_message("user", name));
}

base::Result<RecipientChange> add_user_keys(const Administration& with, const std::string& name,
                                            const std::vector<std::string>& keys) {
  VMCRED_TRY_ASSIGN(const Members members, list_members(with.transaction.view()));
  VMCRED_TRY(check_present(members, MemberKind::user, name));
  VMCRED_TRY_ASSIGN(auto all, parse_member_keys(keys));
  const auto& present = members.users.at(name);
  all.insert(all.end(), present.begin(), present.end());
  return change_keys(with, name, all, keys_added_message(name));
}

base::Result<RecipientChange> remove_user_keys(const Administration& with, const std::string& name,
                                               const std::vector<std::string>& keys) {
  VMCRED_TRY_ASSIGN(const Members members, list_members(with.transaction.view()));
  VMCRED_TRY(check_present(members, MemberKind::user, name));
  std::vector<PublicKey> left = members.users.at(name);
  for (const auto& key : keys) {
    const auto removed = std::erase_if(left, [&](const auto& each) { return same_key(each.text, key); });
    if (removed == 0)
      return Error{.kind = ErrorKind::usage,
                   .what = concat("user ", quoted(name), " has no such key",
                                  age::looks_secret(key) ? "" : concat(": ", quoted(key))),
                   .hint = "'vmcred vars users list' shows the keys that there are"};
  }
  if (left.empty())
    return Error{.kind = ErrorKind::refused,
                 .what = concat("user ", quoted(name), " would have no key left"),
                 .hint = concat("'vmcred vars users remove ", name, "' removes the user")};
  return change_keys(with, name, left, keys_removed_message(name));
}

base::Result<RecipientChange> add_machine(const Administration& with, const std::string& name,
                                          const std::string& key, Replace replace) {
  VMCRED_TRY_ASSIGN(const auto parsed, parse_member_keys({key}));
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  VMCRED_TRY(stage_member(with, work.members(), MemberKind::machine, name, parsed, replace));
  return finish(with, work, member_added_message("machine", name));
}

base::Result<RecipientChange> remove_user(const Administration& with, const std::string& name) {
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  VMCRED_TRY(check_present(work.members(), MemberKind::user, name));
  VMCRED_TRY(stage_removal(with, work, MemberKind::user, name));
  return finish(with, work, member_removed_message("user", name));
}

base::Result<RecipientChange> remove_machine(const Administration& with, const std::string& name) {
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  VMCRED_TRY(check_present(work.members(), MemberKind::machine, name));
  VMCRED_TRY(stage_removal(with, work, MemberKind::machine, name));
  VMCRED_TRY(with.transaction.remove_all(machine_key_folder(name)));
  return finish(with, work, member_removed_message("machine", name));
}

base::Result<RecipientChange> add_to_group(const Administration& with, const std::string& group,
                                           MemberKind kind, const std::string& name) {
  VMCRED_TRY(check_user_name("group", group));
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  VMCRED_TRY(check_present(work.members(), kind, name));
  VMCRED_TRY(link_to_group(with, group, kind, name));
  return finish(with, work, group_joined_message(word_of(kind), name, group));
}

base::Result<RecipientChange> remove_from_group(const Administration& with, const std::string& group,
                                                MemberKind kind, const std::string& name) {
  VMCRED_TRY_ASSIGN(const Reencryption work, Reencryption::before(with));
  const std::string link = group_link(group, kind, name);
  if (!with.transaction.view().read_link(link))
    return Error{.kind = ErrorKind::usage,
                 .what = concat(word_of(kind), " ", quoted(name), " is not in group ", quoted(group)),
                 .hint = "'vmcred vars groups list' shows who is"};
  VMCRED_TRY(with.transaction.remove(link));
  return finish(with, work, group_left_message(word_of(kind), name, group));
}

}  // namespace vmcred::store
