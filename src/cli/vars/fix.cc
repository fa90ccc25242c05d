// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/listing.h"
#include "cli/vars/progress.h"
#include "cli/vars/prompt_source.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "store/commit_message.h"
#include "vars/execute.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;
using vars::DeclaredVar;

struct Fixed {
  DeclaredVar var;
  store::Access before;
};

// The secrets that are there; what is missing is `generate`'s affair.
Result<std::vector<DeclaredVar>> present_secrets(Session& session, std::span<const std::string> machines) {
  VMCRED_TRY_ASSIGN(auto vars, vars_of_machines(session, machines));
  std::erase_if(vars, [&](const DeclaredVar& var) {
    return var.visibility() != store::Visibility::secret || !session.store().has(var.id(), var.visibility());
  });
  return vars;
}

std::vector<store::Target> targets_of(const std::vector<DeclaredVar>& vars) {
  std::vector<store::Target> targets;
  for (const DeclaredVar& var : vars) targets.push_back({.id = var.id(), .audience = var.audience()});
  return targets;
}

Result<std::vector<Fixed>> fix_all(store::Store& store, store::Transaction& transaction,
                                   const std::vector<DeclaredVar>& vars, const store::FixOptions& options) {
  const auto targets = targets_of(vars);
  VMCRED_TRY_ASSIGN(auto before, store.access_of(targets));
  VMCRED_TRY_ASSIGN(const auto changed, store.fix_all(transaction, targets, options));
  std::vector<Fixed> fixed;
  for (std::size_t i = 0; i < vars.size(); ++i)
    if (changed[i]) fixed.push_back({vars[i], std::move(before[i])});
  return fixed;
}

std::string as_json(const std::vector<Fixed>& fixed) {
  auto list = ordered_json::array();
  for (const auto& [var, before] : fixed)
    list.push_back({{"var", store::path_of(var.id())}, {"added", before.missing}, {"removed", before.stale}});
  return list.dump(2) + "\n";
}

std::string as_text(const std::vector<Fixed>& fixed, bool dry_run) {
  if (fixed.empty()) return "every secret is for exactly those who should read it\n";
  std::string text;
  for (const auto& [var, before] : fixed) {
    text += concat(dry_run ? "would fix " : "fixed ", store::path_of(var.id()), "\n");
    for (const auto& name : before.missing) text += concat("  + ", name, "\n");
    for (const auto& name : before.stale) text += concat("  - ", name, "\n");
  }
  return text;
}

// Whoever was removed has read the old values: only new ones keep a secret from them. Done before the fix, so
// that a killed command still finds what it has to renew.
Result<void> renew_values(Session& session, const command::Arguments& arguments,
                          const std::vector<DeclaredVar>& secrets, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto access, session.store().access_of(targets_of(secrets)));
  vars::Order order{.wanted = {}, .anew = vars::Anew::yes, .ask_again = true};
  const auto* first = session.declared().generators().data();
  for (std::size_t i = 0; i < secrets.size(); ++i)
    if (!access[i].stale.empty())
      order.wanted.push_back(static_cast<std::size_t>(secrets[i].generator - first));
  if (order.wanted.empty()) return {};
  VMCRED_TRY_ASSIGN(const auto prompts, open_prompt_source(session, arguments));
  ProgressLines progress(streams);
  VMCRED_TRY(vars::execute(session.workshop(), order, *prompts, progress));
  return {};
}

Result<std::vector<Fixed>> fix_readers(Session& session, const command::Arguments& arguments,
                                       const std::vector<DeclaredVar>& secrets,
                                       const std::vector<std::string>& machines) {
  VMCRED_TRY_ASSIGN(store::Transaction transaction, session.begin(arguments));
  VMCRED_TRY(session.store().ensure_machine_keys(transaction, machines));
  const store::FixOptions options{.rotate_data_key =
                                      arguments.has("--rotate-data-key") || arguments.has("--rotate-values")};
  VMCRED_TRY_ASSIGN(auto fixed, fix_all(session.store(), transaction, secrets, options));
  if (!arguments.has("--dry-run") && !transaction.empty())
    VMCRED_TRY(transaction.commit(store::vars_fixed_message(machines)));
  return fixed;
}

}  // namespace

Result<void> run_vars_fix(const command::Arguments& arguments, const command::Streams& streams) {
  const bool dry_run = arguments.has("--dry-run");
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto machines, session->declared().machines_named(arguments.operands()));
  VMCRED_TRY_ASSIGN(const auto secrets, present_secrets(*session, arguments.operands()));
  if (!dry_run && arguments.has("--rotate-values"))
    VMCRED_TRY(renew_values(*session, arguments, secrets, streams));
  VMCRED_TRY_ASSIGN(const auto fixed, fix_readers(*session, arguments, secrets, machines));
  session->print_warnings(streams);
  return command::print(streams, arguments.has("--json") ? as_json(fixed) : as_text(fixed, dry_run));
}

}  // namespace vmcred::cli
