// SPDX-License-Identifier: Apache-2.0
#include "shim/initrd_plan.h"

#include "base/text.h"
#include "credential/credential.h"
#include "shim/kernel_parameters.h"
#include "vmm/assignment.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Result;

Result<FoundOption> find_initrd(const Dialect& dialect, std::span<const std::string> words) {
  const auto found = find_options(words, dialect.initrd, dialect.style);
  if (found.empty()) return lacks(dialect.program, dialect.initrd.front(), k_needs_initrd);
  if (found.size() > 1) return given_twice(dialect.program, dialect.initrd.front());
  return found.front();
}

void add_parameters(const Dialect& dialect, std::vector<std::string>& words, const FoundOption& initrd,
                    const std::string& parameters) {
  const auto place =
      words.begin() + static_cast<std::ptrdiff_t>(initrd.word - (initrd.is_own_word() ? 1 : 0));
  words.insert(place, {std::string(dialect.kernel_parameters.front()), parameters});
}

// Gives what the first program was. Of several options one hypervisor joins all, and the others take the
// last.
Result<std::string> exchange_init_in(const Dialect& dialect, std::vector<std::string>& words,
                                     const FoundOption& initrd) {
  auto options = find_options(words, dialect.kernel_parameters, dialect.style);
  if (!dialect.joins_kernel_parameters && options.size() > 1) options = {options.back()};
  std::vector<std::string> texts;
  for (const auto& option : options) texts.emplace_back(value_of(words, option));
  VMCRED_TRY_ASSIGN(std::string next_init, exchange_init(texts));
  for (std::size_t i = 0; i < options.size(); ++i) set_value(words, options[i], texts[i]);
  if (options.empty()) add_parameters(dialect, words, initrd, texts.front());
  return next_init;
}

}  // namespace

base::Error lacks(std::string_view program, std::string_view what, std::string_view hint) {
  return {.kind = base::ErrorKind::usage,
          .what = concat("the command line of ", program, " has no ", what,
                         ", and its guest can get credentials in an initrd only"),
          .hint = std::string(hint)};
}

base::Error given_twice(std::string_view program, std::string_view option) {
  return {.kind = base::ErrorKind::usage,
          .what = concat("the command line of ", program, " has ", option, " twice"),
          .hint = concat("leave the ", option, " with which the guest is to boot")};
}

vmm::PlannedFile planned_initrd(std::string initrd, std::string next_init, Outlines outlines) {
  vmm::PlannedFile file{.content = vmm::PlannedFile::Content::initrd,
                        .credentials = {},
                        .size = 0,
                        .initrd = std::move(initrd),
                        .next_init = std::move(next_init)};
  for (std::size_t i = 0; i < outlines.size(); ++i) {
    file.credentials.push_back(i);
    file.size += outlines[i].size;
  }
  return file;
}

vmm::LaunchPlan plan_as_it_is(std::span<const std::string> words) {
  vmm::LaunchPlan plan;
  for (const auto& word : words) plan.arguments.push_back({.text = word});
  return plan;
}

Result<vmm::LaunchPlan> plan_with_initrd(const Dialect& dialect, const StrippedLine& line,
                                         Outlines outlines) {
  auto words = line.words;
  VMCRED_TRY_ASSIGN(FoundOption initrd, find_initrd(dialect, words));
  VMCRED_TRY_ASSIGN(std::string next_init, exchange_init_in(dialect, words, initrd));
  initrd = find_options(words, dialect.initrd, dialect.style).front();  // it may have moved

  vmm::LaunchPlan plan = plan_as_it_is(words);
  plan.files.push_back(planned_initrd(std::string(value_of(words, initrd)), std::move(next_init), outlines));
  auto& argument = plan.arguments[initrd.word];
  argument.text.resize(initrd.offset);
  argument.file = 0;
  return plan;
}

Result<vmm::LaunchPlan> plan_by_initrd(const Dialect& dialect, const StrippedLine& line, Outlines outlines) {
  VMCRED_TRY(vmm::check_sizes(outlines, {.smbios = std::nullopt,
                                         .fw_cfg = std::nullopt,
                                         .credential_bytes = credential::k_max_credential_bytes,
                                         .total_bytes = credential::k_max_total_bytes,
                                         .memory_pages = std::nullopt}));
  return dialect.plan != nullptr ? dialect.plan(line, outlines) : plan_with_initrd(dialect, line, outlines);
}

}  // namespace vmcred::shim
