// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "store/admin_key.h"
#include "store/administration.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;

Result<std::string> user_name(const command::Arguments& arguments) {
  if (const auto given = arguments.value("--user")) return *given;
  for (const char* variable : {"USER", "LOGNAME"})
    if (const char* name = std::getenv(variable); name != nullptr && *name != '\0') return std::string(name);
  return base::Error{.kind = base::ErrorKind::usage,
                     .what = "neither $USER nor $LOGNAME tells your name",
                     .hint = "give one with --user NAME"};
}

// The sops backend lists its admins in the repository; the age backend takes them from the config.
Result<void> enlist(const Session& session, const std::string& user, const store::AdminKey& key,
                    store::Replace replace) {
  VMCRED_TRY_ASSIGN(store::Transaction transaction, store::Transaction::begin(session.root()));
  const store::Administration with{
      .transaction = transaction, .settings = session.settings(), .keyring = session.keyring()};
  VMCRED_TRY_ASSIGN(const auto change, store::add_user(with, user, key.recipients, replace));
  return transaction.empty() ? Result<void>() : transaction.commit(change.message);
}

}  // namespace

Result<void> run_vars_keygen(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const std::string user, user_name(arguments));
  VMCRED_TRY_ASSIGN(auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const store::AdminKey key, store::ensure_admin_key(session->keyring()));
  if (!key.new_key_file.empty()) {
    command::print_note(streams,
                        concat("new key: ", key.new_key_file, "; keep a copy where it can't get lost\n"));
    VMCRED_TRY_ASSIGN(session, Session::open(arguments));
  }
  if (session->settings().backend == store::Backend::sops)
    VMCRED_TRY(
        enlist(*session, user, key, arguments.has("--force") ? store::Replace::yes : store::Replace::no));
  std::string text;
  for (const auto& recipient : key.recipients) text += concat(recipient, "\n");
  return command::print(streams, text);
}

}  // namespace vmcred::cli
