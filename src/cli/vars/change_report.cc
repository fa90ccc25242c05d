// SPDX-License-Identifier: Apache-2.0
#include "cli/vars/change_report.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/vars/listing.h"

namespace vmcred::cli {
namespace {

using base::concat;
using nlohmann::ordered_json;
using vars::ChangedVar;

std::string_view kind_of(const ChangedVar& var) { return var.is_new ? "new" : "changed"; }

bool is_open(const ChangedVar& var) { return var.var.visibility() == store::Visibility::open; }

std::string as_text(const ChangedVar& var, std::string_view verb) {
  std::string text = concat(verb, " ", store::path_of(var.var.id()), " (", kind_of(var), ")\n");
  if (is_open(var)) {
    if (!var.is_new) text += concat("  - ", shown_open_value(var.before), "\n");
    return text + concat("  + ", shown_open_value(var.after), "\n");
  }
  for (const auto& name : var.added) text += concat("  + ", name, "\n");
  for (const auto& name : var.removed) text += concat("  - ", name, "\n");
  return text;
}

ordered_json as_json(const ChangedVar& var) {
  ordered_json shown = {
      {"var", store::path_of(var.var.id())}, {"change", kind_of(var)}, {"secret", !is_open(var)}};
  if (is_open(var)) {
    if (!var.is_new) shown["before"] = var.before;
    shown["after"] = var.after;
  } else {
    shown["added"] = var.added;
    shown["removed"] = var.removed;
  }
  return shown;
}

ordered_json paths_of(const std::vector<store::GeneratorId>& generators) {
  auto paths = ordered_json::array();
  for (const auto& generator : generators) paths.push_back(store::path_of(generator));
  return paths;
}

}  // namespace

std::string as_text(const ShownChange& change, std::string_view verb) {
  std::string text;
  for (const auto& var : change.values.vars) text += as_text(var, verb);
  for (const auto& generator : change.hashes)
    text += concat(verb, " the validation hash of ", store::path_of(generator), "\n");
  for (const auto& generator : change.values.stale)
    text += concat("stale: ", store::path_of(generator), ", which was made from other values; ",
                   "'vmcred vars generate' makes it anew\n");
  return text.empty() ? "nothing to change\n" : text;
}

std::string as_json(const ShownChange& change) {
  ordered_json shown = {{"vars", ordered_json::array()},
                        {"hashes", paths_of(change.hashes)},
                        {"stale", paths_of(change.values.stale)}};
  for (const auto& var : change.values.vars) shown["vars"].push_back(as_json(var));
  return shown.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace vmcred::cli
