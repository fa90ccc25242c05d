// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/commands.h"
#include "cli/vars/progress.h"
#include "cli/vars/prompt_source.h"
#include "cli/vars/session.h"
#include "command/output.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;

vars::Request request_of(const command::Arguments& arguments) {
  const auto operands = arguments.operands();
  return {.machines = {operands.begin(), operands.end()},
          .generators = arguments.values("--generator"),
          .regenerate = arguments.has("--regenerate")};
}

std::string as_json(const vars::Plan& plan) {
  ordered_json shown = {{"generated", ordered_json::array()}, {"fixed", ordered_json::array()}};
  for (const auto& run : plan.runs)
    shown["generated"].push_back(
        {{"generator", store::path_of(run.generator)}, {"reason", vars::text_of(run.reason)}});
  for (const auto& var : plan.to_fix) shown["fixed"].push_back(store::path_of(var));
  return shown.dump(2) + "\n";
}

std::string as_text(const vars::Plan& plan, bool dry_run) {
  if (plan.runs.empty() && plan.to_fix.empty()) return "all vars are there\n";
  std::string text;
  for (const auto& run : plan.runs)
    text += concat(dry_run ? "would generate " : "generated ", store::path_of(run.generator), " (",
                   vars::text_of(run.reason), ")\n");
  for (const auto& var : plan.to_fix)
    text += concat(dry_run ? "would fix" : "fixed", " the recipients of ", store::path_of(var), "\n");
  return text;
}

Result<vars::Plan> generate(Session& session, const command::Arguments& arguments,
                            const command::Streams& streams) {
  if (arguments.has("--dry-run")) return vars::plan(session.workshop(), request_of(arguments));
  VMCRED_TRY_ASSIGN(const auto prompts, open_prompt_source(session, arguments));
  ProgressLines progress(streams);
  return vars::generate(session.workshop(), request_of(arguments), *prompts, progress);
}

}  // namespace

Result<void> run_vars_generate(const command::Arguments& arguments, const command::Streams& streams) {
  VMCRED_TRY_ASSIGN(const auto session, Session::open(arguments));
  VMCRED_TRY_ASSIGN(const vars::Plan plan, generate(*session, arguments, streams));
  session->print_warnings(streams);
  return command::print(streams,
                        arguments.has("--json") ? as_json(plan) : as_text(plan, arguments.has("--dry-run")));
}

}  // namespace vmcred::cli
