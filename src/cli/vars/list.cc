// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/listing.h"
#include "command/output.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;
using store::Visibility;

struct Row {
  vars::DeclaredVar var;
  bool present;
  std::string value;  // of an open var that is present
};

std::string text_of_bytes(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

Result<Row> look_up(store::Store& store, const vars::DeclaredVar& var) {
  Row row{.var = var, .present = store.has(var.id(), var.visibility()), .value = {}};
  if (!row.present || var.visibility() == Visibility::secret) return row;
  VMCRED_TRY_ASSIGN(const secret::SecretBuffer value, store.read(var.id(), Visibility::open));
  row.value = text_of_bytes(value.bytes());
  return row;
}

// On one line, whatever the value holds.
std::string shown_value(const Row& row) {
  if (!row.present) return "<not set>";
  if (row.var.visibility() == Visibility::secret) return "********";
  const bool one_line = row.value.find('\n') + 1 >= row.value.size();
  if (row.value.size() > 200 || (!one_line && row.value.find('\n') != std::string::npos))
    return concat("<", base::byte_count(row.value.size()), ">");
  return command::shown_name(row.value.substr(0, row.value.find('\n')));
}

std::string as_text(const std::vector<Row>& rows) {
  if (rows.empty()) return "(the config declares no vars)\n";
  std::string text;
  for (const Row& row : rows) text += concat(store::path_of(row.var.id()), ": ", shown_value(row), "\n");
  return text;
}

std::string as_json(const std::vector<Row>& rows, const store::Store& store) {
  auto list = ordered_json::array();
  for (const Row& row : rows) {
    const store::VarId id = row.var.id();
    const bool secret = row.var.visibility() == Visibility::secret;
    ordered_json shown = {{"var", store::path_of(id)},
                          {"place", store::path_of(id.generator.placement)},
                          {"generator", id.generator.generator},
                          {"file", id.file},
                          {"secret", secret},
                          {"deploy", row.var.file->deploy},
                          {"present", row.present},
                          {"previous", store.has_previous(id)}};
    if (row.present && !secret) shown["value"] = row.value;
    list.push_back(std::move(shown));
  }
  return list.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

Result<void> run_vars_list(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const auto vars, vars_of_machines(*session, arguments.operands()));
  std::vector<Row> rows;
  for (const auto& var : vars) {
    VMCRED_TRY_ASSIGN(Row row, look_up(session->store(), var));
    rows.push_back(std::move(row));
  }
  return command::print(streams, arguments.has("--json") ? as_json(rows, session->store()) : as_text(rows));
}

}  // namespace vmcred::cli
