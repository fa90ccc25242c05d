// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "cli/vars/change_report.h"
#include "cli/vars/commands.h"
#include "cli/vars/dump.h"
#include "cli/vars/session.h"
#include "command/output.h"
#include "store/commit_message.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using secret::SecretBuffer;

struct Imported {
  std::vector<vars::DeclaredVar> vars;
  std::vector<SecretBuffer> values;  // of the same index
};

Result<Imported> read_dump(const Session& session, const Dump& dump) {
  Imported imported;
  for (const auto& var : session.declared().vars()) {
    VMCRED_TRY_ASSIGN(auto value, dump.read(var.id()));
    if (!value) continue;
    imported.vars.push_back(var);
    imported.values.push_back(*std::move(value));
  }
  return imported;
}

std::vector<vars::NewValue> values_of(const Imported& imported) {
  std::vector<vars::NewValue> values;
  for (std::size_t i = 0; i < imported.vars.size(); ++i)
    values.push_back({.var = imported.vars[i], .bytes = imported.values[i].bytes()});
  return values;
}

Result<ShownChange> stage(Session& session, const Dump& dump, const Imported& imported,
                          store::Transaction& transaction) {
  ShownChange change;
  VMCRED_TRY_ASSIGN(change.values, vars::set_values(session.workshop(), transaction, values_of(imported)));
  for (const auto& generator : session.declared().generators()) {
    VMCRED_TRY_ASSIGN(const auto hash, dump.read_hash(generator.id));
    if (!hash) continue;
    VMCRED_TRY_ASSIGN(const auto before, session.store().validation_hash(generator.id));
    if (hash != before) change.hashes.push_back(generator.id);
    VMCRED_TRY(session.store().set_validation_hash(transaction, generator.id, hash));
  }
  return change;
}

}  // namespace

Result<void> run_vars_import(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const Dump dump, Dump::open(arguments.operand()));
  VMCRED_TRY_ASSIGN(const Imported imported, read_dump(*session, dump));
  if (imported.vars.empty())
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat(base::quoted(arguments.operand()), " holds no var that the config declares"),
        .hint = "it must be as 'vmcred vars export' leaves it: FOLDER/per-machine/MACHINE/GENERATOR/FILE"};
  VMCRED_TRY_ASSIGN(store::Transaction transaction, session->begin(arguments));
  VMCRED_TRY_ASSIGN(const ShownChange change, stage(*session, dump, imported, transaction));
  session->print_warnings(streams);
  const bool dry_run = arguments.has("--dry-run");
  if (!dry_run) VMCRED_TRY(transaction.commit(store::vars_imported_message(imported.vars.size())));
  return command::print(streams, arguments.has("--json")
                                     ? as_json(change)
                                     : as_text(change, dry_run ? "would import" : "imported"));
}

}  // namespace vmcred::cli
