// SPDX-License-Identifier: Apache-2.0
#include "vars/check.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/session.h"
#include "command/output.h"

namespace vmcred::cli {
namespace {

using base::Result;
using nlohmann::ordered_json;

ordered_json access_as_json(const vars::WrongAccess& wrong) {
  return {{"var", store::path_of(wrong.var)},
          {"missing", wrong.access.missing},
          {"stale", wrong.access.stale},
          {"actual", wrong.access.actual}};
}

std::string as_json(const vars::CheckReport& report) {
  ordered_json shown = {{"good", report.good()},
                        {"missing", ordered_json::array()},
                        {"invalid", ordered_json::array()},
                        {"stale", ordered_json::array()},
                        {"access", ordered_json::array()}};
  for (const auto& var : report.missing) shown["missing"].push_back(store::path_of(var.id));
  for (const auto& generator : report.invalid) shown["invalid"].push_back(store::path_of(generator));
  for (const auto& generator : report.stale) shown["stale"].push_back(store::path_of(generator));
  for (const auto& wrong : report.access) shown["access"].push_back(access_as_json(wrong));
  return shown.dump(2) + "\n";
}

}  // namespace

Result<void> run_vars_check(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  const auto operands = arguments.operands();
  VMCRED_TRY_ASSIGN(
      const vars::CheckReport report,
      vars::check(session->workshop(), {operands.begin(), operands.end()}, arguments.values("--generator")));
  session->print_warnings(streams);
  if (arguments.has("--json")) VMCRED_TRY(command::print(streams, as_json(report)));
  if (!report.good()) return base::first_with_others(vars::findings_of(report));
  if (!arguments.has("--json")) return command::print(streams, "all vars are there and right\n");
  return {};
}

}  // namespace vmcred::cli
