// SPDX-License-Identifier: Apache-2.0
#include "vars/check.h"

#include "base/text.h"
#include "vars/picture.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::quoted;
using base::Result;

void add_missing(const Workshop& workshop, const Declaration& generator, CheckReport& report) {
  for (const config::GeneratorFile& file : generator.definition->files) {
    const DeclaredVar var{&generator, &file};
    if (!workshop.store.has(var.id(), var.visibility()))
      report.missing.push_back({.id = var.id(), .visibility = var.visibility()});
  }
}

Error finding(std::string what, std::string_view hint) {
  return {.kind = ErrorKind::credential, .what = std::move(what), .hint = std::string(hint)};
}

std::string with_list(std::string_view text, const std::vector<std::string>& names) {
  return names.empty() ? "" : concat("; ", text, " ", base::join(names, ", "));
}

}  // namespace

Result<CheckReport> check(const Workshop& workshop, const std::vector<std::string>& machines,
                          const std::vector<std::string>& generators) {
  VMCRED_TRY_ASSIGN(const auto indices, workshop.declared.chosen(machines, generators));
  VMCRED_TRY_ASSIGN(const Picture picture, take_picture(workshop));
  CheckReport report;
  for (const std::size_t i : indices) {
    const Declaration& generator = workshop.declared.generators()[i];
    add_missing(workshop, generator, report);
    if (picture.conditions[i] == Condition::invalid) report.invalid.push_back(generator.id);
    if (picture.conditions[i] == Condition::stale) report.stale.push_back(generator.id);
  }
  VMCRED_TRY_ASSIGN(auto wrong, wrongly_readable(workshop, indices));
  for (WronglyReadable& secret : wrong)
    report.access.push_back({.var = secret.var.id(), .access = std::move(secret.access)});
  return report;
}

std::vector<Error> findings_of(const CheckReport& report) {
  constexpr std::string_view k_generate = "run 'vmcred vars generate'";
  std::vector<Error> findings;
  for (const store::StoredVar& var : report.missing)
    findings.push_back(finding(concat(var.visibility == store::Visibility::secret ? "secret " : "var ",
                                      quoted(store::path_of(var.id)), " is missing"),
                               k_generate));
  for (const store::GeneratorId& generator : report.invalid)
    findings.push_back(finding(concat("generator ", quoted(store::path_of(generator)),
                                      " is invalid: its files were made for another 'validation'"),
                               k_generate));
  for (const store::GeneratorId& generator : report.stale)
    findings.push_back(finding(concat("generator ", quoted(store::path_of(generator)),
                                      " is stale: one of its dependencies was made anew since"),
                               k_generate));
  for (const WrongAccess& wrong : report.access)
    findings.push_back(finding(
        concat("secret ", quoted(store::path_of(wrong.var)), " has the wrong recipients",
               with_list("missing:", wrong.access.missing), with_list("too many:", wrong.access.stale)),
        "run 'vmcred vars fix'"));
  return findings;
}

}  // namespace vmcred::vars
