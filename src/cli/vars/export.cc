// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

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
using nlohmann::ordered_json;

struct Hash {
  store::GeneratorId generator;
  std::string text;
};

// What is there to be exported.
struct Content {
  std::vector<store::StoredVar> vars;
  std::vector<Hash> hashes;
};

Result<Content> content_of(Session& session) {
  Content content;
  for (const auto& var : session.declared().vars())
    if (session.store().has(var.id(), var.visibility())) content.vars.push_back({var.id(), var.visibility()});
  for (const auto& generator : session.declared().generators()) {
    VMCRED_TRY_ASSIGN(auto hash, session.store().validation_hash(generator.id));
    if (hash) content.hashes.push_back({generator.id, *std::move(hash)});
  }
  return content;
}

// "per-machine/web/app/token": below the folder.
std::vector<std::string> names_of(const Content& content) {
  std::vector<std::string> names;
  for (const auto& var : content.vars) names.push_back(Dump::name_of(var.id));
  for (const Hash& hash : content.hashes) names.push_back(Dump::name_of_hash(hash.generator));
  return names;
}

Result<void> write(const store::Store& store, const Content& content, const std::string& folder,
                   Dump::Disk disk) {
  VMCRED_TRY_ASSIGN(const auto values, store::read_all(store, content.vars));
  VMCRED_TRY_ASSIGN(Dump dump, Dump::create(folder, disk));
  for (std::size_t i = 0; i < content.vars.size(); ++i)
    VMCRED_TRY(dump.write(content.vars[i].id, values[i].bytes()));
  for (const Hash& hash : content.hashes) VMCRED_TRY(dump.write_hash(hash.generator, hash.text));
  return {};
}

std::string as_json(const Content& content, const std::string& folder) {
  const ordered_json shown = {
      {"folder", folder}, {"vars", content.vars.size()}, {"files", names_of(content)}};
  return shown.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string as_text(const Content& content, const std::string& folder, bool dry_run) {
  std::string text;
  if (dry_run)
    for (const auto& name : names_of(content))
      text += concat("would write ", command::shown_name(concat(folder, "/", name)), "\n");
  return concat(text, dry_run ? "would export " : "exported ", base::counted(content.vars.size(), "var"),
                " to ", command::shown_name(folder), ", in plaintext\n");
}

}  // namespace

Result<void> run_vars_export(const command::Arguments& arguments, const command::Streams& streams) {
  const bool dry_run = arguments.has("--dry-run");
  const std::string& folder = arguments.operand();
  const auto disk = arguments.has("--allow-disk") ? Dump::Disk::allowed : Dump::Disk::refused;
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const Content content, content_of(*session));
  VMCRED_TRY(dry_run ? Dump::check_create(folder, disk) : write(session->store(), content, folder, disk));
  if (const std::size_t missing = session->declared().vars().size() - content.vars.size(); missing > 0)
    command::warn(k_program_name, streams,
                  concat(base::counted(missing, "var"), " skipped: not generated yet"));
  return command::print(
      streams, arguments.has("--json") ? as_json(content, folder) : as_text(content, folder, dry_run));
}

}  // namespace vmcred::cli
