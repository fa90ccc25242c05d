// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "cli/commands.h"
#include "cli/vars/commands.h"
#include "cli/vars/dump.h"
#include "cli/vars/session.h"
#include "command/output.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;

// The vars that are there.
std::vector<store::StoredVar> present_vars(Session& session) {
  std::vector<store::StoredVar> present;
  for (const auto& var : session.declared().vars())
    if (session.store().has(var.id(), var.visibility())) present.push_back({var.id(), var.visibility()});
  return present;
}

Result<void> export_hashes(Session& session, Dump& dump) {
  for (const auto& generator : session.declared().generators()) {
    VMCRED_TRY_ASSIGN(const auto hash, session.store().validation_hash(generator.id));
    if (hash) VMCRED_TRY(dump.write_hash(generator.id, *hash));
  }
  return {};
}

}  // namespace

Result<void> run_vars_export(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  const auto disk = arguments.has("--allow-disk") ? Dump::Disk::allowed : Dump::Disk::refused;
  const auto present = present_vars(*session);
  VMCRED_TRY_ASSIGN(const auto values, store::read_all(session->store(), present));
  VMCRED_TRY_ASSIGN(Dump dump, Dump::create(arguments.operand(), disk));
  for (std::size_t i = 0; i < present.size(); ++i) VMCRED_TRY(dump.write(present[i].id, values[i].bytes()));
  VMCRED_TRY(export_hashes(*session, dump));
  if (const std::size_t missing = session->declared().vars().size() - present.size(); missing > 0)
    command::warn(k_program_name, streams,
                  concat(base::counted(missing, "var"), " skipped: not generated yet"));
  return command::print(streams, concat("exported ", base::counted(present.size(), "var"), " to ",
                                        command::shown_name(arguments.operand()), ", in plaintext\n"));
}

}  // namespace vmcred::cli
