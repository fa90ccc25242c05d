// SPDX-License-Identifier: Apache-2.0
// Everything that changes who may read: each command is one function of store/administration.h in one
// transaction.
#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "store/administration.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using command::Arguments;
using command::Streams;
using store::Administration;
using store::MemberKind;
using store::RecipientChange;
using store::Replace;

std::string as_text(const RecipientChange& change, bool dry_run) {
  std::string text;
  for (const auto& folder : change.reencrypted)
    text += concat(dry_run ? "would encrypt " : "encrypted ", folder, " for others\n");
  return concat(text, dry_run ? "would be committed as: " : "done: ", change.message, "\n");
}

// `change` gets what it needs to stage the change.
template <typename Change>
Result<void> change_members(const Arguments& arguments, const Streams& streams, Change change) {
  const bool dry_run = arguments.has("--dry-run");
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(store::Transaction transaction, session->begin(arguments));
  const Administration with{
      .transaction = transaction, .settings = session->settings(), .keyring = session->keyring()};
  VMCRED_TRY_ASSIGN(const RecipientChange staged, change(with));
  if (transaction.empty()) return command::print(streams, "nothing to change\n");
  if (!dry_run) VMCRED_TRY(transaction.commit(staged.message));
  return command::print(streams, as_text(staged, dry_run));
}

Replace replace_of(const Arguments& arguments) {
  return arguments.has("--force") ? Replace::yes : Replace::no;
}

std::vector<std::string> keys_of(const Arguments& arguments) {
  const auto keys = arguments.operands().subspan(1);
  return {keys.begin(), keys.end()};
}

using GroupChange = Result<RecipientChange> (*)(const Administration& with, const std::string& group,
                                                MemberKind kind, const std::string& name);

Result<void> change_group(const Arguments& arguments, const Streams& streams, GroupChange change,
                          MemberKind kind) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return change(with, arguments.operands()[0], kind, arguments.operands()[1]);
  });
}

}  // namespace

Result<void> run_users_add(const Arguments& arguments, const Streams& streams) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return store::add_admin(with, arguments.operand(), keys_of(arguments), replace_of(arguments));
  });
}

Result<void> run_users_remove(const Arguments& arguments, const Streams& streams) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return store::remove_user(with, arguments.operand());
  });
}

Result<void> run_users_add_key(const Arguments& arguments, const Streams& streams) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return store::add_user_keys(with, arguments.operand(), keys_of(arguments));
  });
}

Result<void> run_users_remove_key(const Arguments& arguments, const Streams& streams) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return store::remove_user_keys(with, arguments.operand(), keys_of(arguments));
  });
}

Result<void> run_machines_add(const Arguments& arguments, const Streams& streams) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return store::add_machine(with, arguments.operands()[0], arguments.operands()[1], replace_of(arguments));
  });
}

Result<void> run_machines_remove(const Arguments& arguments, const Streams& streams) {
  return change_members(arguments, streams, [&](const Administration& with) {
    return store::remove_machine(with, arguments.operand());
  });
}

Result<void> run_groups_add_user(const Arguments& arguments, const Streams& streams) {
  return change_group(arguments, streams, store::add_to_group, MemberKind::user);
}

Result<void> run_groups_remove_user(const Arguments& arguments, const Streams& streams) {
  return change_group(arguments, streams, store::remove_from_group, MemberKind::user);
}

Result<void> run_groups_add_machine(const Arguments& arguments, const Streams& streams) {
  return change_group(arguments, streams, store::add_to_group, MemberKind::machine);
}

Result<void> run_groups_remove_machine(const Arguments& arguments, const Streams& streams) {
  return change_group(arguments, streams, store::remove_from_group, MemberKind::machine);
}

}  // namespace vmcred::cli
