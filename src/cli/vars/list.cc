// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/listing.h"
#include "command/output.h"
#include "config/spelling.h"
#include "vars/version.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;
using store::Visibility;

struct Row {
  vars::DeclaredVar var;
  bool present;
  std::string value;    // of an open var that is present
  std::string version;  // of its generator
};

std::string text_of_bytes(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Row> look_up(Session& session, const vars::DeclaredVar& var) {
  const store::Store& store = session.store();
  Row row{.var = var, .present = store.has(var.id(), var.visibility()), .value = {}, .version = {}};
  const vars::Versions versions(session.settings().path);
  VMCRED_TRY_ASSIGN(row.version, versions.version_of(var.generator->id));
  if (!row.present || var.visibility() == Visibility::secret) return row;
  VMCRED_TRY_ASSIGN(const secret::SecretBuffer value, store.read(var.id(), Visibility::open));
  row.value = text_of_bytes(value.bytes());
  return row;
}

std::string shown_value(const Row& row) {
  if (!row.present) return "<not set>";
  if (row.var.visibility() == Visibility::secret) return "********";
  return shown_open_value(row.value);
}

std::string as_text(const std::vector<Row>& rows) {
  if (rows.empty()) return "(the config declares no vars)\n";
  std::string text;
  for (const Row& row : rows) text += concat(store::path_of(row.var.id()), ": ", shown_value(row), "\n");
  return text;
}

// As a config says it: "0400".
std::string mode_text(unsigned mode) {
  std::string text(4, '0');
  for (std::size_t i = text.size(); i-- > 0; mode /= 8) text[i] = static_cast<char>('0' + mode % 8);
  return text;
}

std::string_view needed_for_text(config::NeededFor needed_for) {
  return std::ranges::find(config::k_needed_for_spellings, needed_for,
                           &config::Spelling<config::NeededFor>::value)
      ->text;
}

ordered_json as_json(const Row& row, const store::Store& store) {
  const store::VarId id = row.var.id();
  const config::GeneratorFile& file = *row.var.file;
  ordered_json shown = {{"var", store::path_of(id)},
                        {"place", store::path_of(id.generator.placement)},
                        {"generator", id.generator.generator},
                        {"file", id.file},
                        {"secret", file.secret},
                        {"deploy", file.deploy},
                        {"owner", file.owner},
                        {"group", file.group},
                        {"mode", mode_text(file.mode)},
                        {"needed_for", needed_for_text(file.needed_for)},
                        {"restart_units", file.restart_units},
                        {"present", row.present},
                        {"previous", store.has_previous(id)}};
  if (row.version != vars::k_unknown_version) shown["version"] = row.version;
  if (row.present && !file.secret) shown["value"] = row.value;
  return shown;
}

std::string as_json(const std::vector<Row>& rows, const store::Store& store) {
  auto list = ordered_json::array();
  for (const Row& row : rows) list.push_back(as_json(row, store));
  return list.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<void> run_vars_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto vars, vars_of_machines(*session, arguments.operands()));
  std::vector<Row> rows;
  for (const auto& var : vars) {
    VMCRED_TRY_ASSIGN(Row row, look_up(*session, var));
    rows.push_back(std::move(row));
  }
  return command::print(streams, arguments.has("--json") ? as_json(rows, session->store()) : as_text(rows));
}

}  // namespace vmcred::cli
