// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "store/commit_message.h"
#include "store/leftovers.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;
using store::Leftover;

std::string_view text_of(Leftover::Kind kind) {
  switch (kind) {
    case Leftover::Kind::undeclared:
      return "nothing declares it";
    case Leftover::Kind::value_beside_secret:
      return "the plaintext of what is a secret now";
    case Leftover::Kind::old_note:
      return "what was noted of a generator that nothing declares";
    case Leftover::Kind::dangling_link:
      return "a link to nobody";
  }
  return "";
}

std::string as_json(const std::vector<Leftover>& found) {
  auto list = ordered_json::array();
  for (const Leftover& leftover : found)
    list.push_back({{"name", leftover.name}, {"reason", text_of(leftover.kind)}, {"paths", leftover.paths}});
  return list.dump(2) + "\n";
}

std::string as_text(const std::vector<Leftover>& found, bool dry_run) {
  if (found.empty()) return "nothing to remove\n";
  std::string text;
  for (const Leftover& leftover : found)
    text +=
        concat(dry_run ? "would remove " : "removed ", leftover.name, " (", text_of(leftover.kind), ")\n");
  return text;
}

Result<std::vector<Leftover>> find_leftovers(const Session& session) {
  std::vector<store::StoredVar> declared;
  for (const auto& var : session.declared().vars()) declared.push_back({var.id(), var.visibility()});
  return store::leftovers(session.settings(), declared);
}

}  // namespace

Result<void> run_vars_prune(const command::Arguments& arguments, const command::Streams& streams) {
  const bool dry_run = arguments.has("--dry-run");
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(store::Transaction transaction, session->begin(arguments));
  VMCRED_TRY_ASSIGN(const auto found, find_leftovers(*session));
  VMCRED_TRY(store::remove_leftovers(transaction, found));
  if (!dry_run && !transaction.empty()) VMCRED_TRY(transaction.commit(store::vars_pruned_message()));
  return command::print(streams, arguments.has("--json") ? as_json(found) : as_text(found, dry_run));
}

}  // namespace vmcred::cli
