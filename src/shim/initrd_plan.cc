// SPDX-License-Identifier: Apache-2.0
#include "shim/initrd_plan.h"

#include "base/text.h"
#include "shim/kernel_parameters.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Result;

Result<FoundOption> find_initrd(const Dialect& dialect, std::span<const std::string> words) {
  const auto found = find_options(words, dialect.initrd, dialect.style);
  if (found.empty()) return lacks(dialect.program, dialect.initrd.front());
  if (found.size() > 1)
    return base::Error{
        .kind = base::ErrorKind::usage,
        .what = concat("the command line of ", dialect.program, " has ", dialect.initrd.front(), " twice")};
  return found.front();
}

// Of several, the hypervisors take the last one or all. Gives what the first program was.
std::string exchange_init(const Dialect& dialect, std::vector<std::string>& words,
                          const FoundOption& initrd) {
  const auto found = find_options(words, dialect.kernel_parameters, dialect.style);
  auto parameters = with_shim_init(found.empty() ? "" : value_of(words, found.back()));
  if (!found.empty()) {
    set_value(words, found.back(), parameters.text);
  } else {
    const auto place =
        words.begin() + static_cast<std::ptrdiff_t>(initrd.word - (initrd.is_own_word() ? 1 : 0));
    words.insert(place, {std::string(dialect.kernel_parameters.front()), parameters.text});
  }
  return parameters.next_init;
}

}  // namespace

base::Error lacks(std::string_view program, std::string_view what) {
  return {.kind = base::ErrorKind::usage,
          .what = concat("the command line of ", program, " has no ", what,
                         ", and its guest can get credentials in an initrd only"),
          .hint = "give the guest an initrd; microvm.nix always does"};
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
  std::string next_init = exchange_init(dialect, words, initrd);
  initrd = find_options(words, dialect.initrd, dialect.style).front();  // it may have moved

  vmm::LaunchPlan plan = plan_as_it_is(words);
  plan.files.push_back(planned_initrd(std::string(value_of(words, initrd)), std::move(next_init), outlines));
  auto& argument = plan.arguments[initrd.word];
  argument.text.resize(initrd.offset);
  argument.file = 0;
  return plan;
}

}  // namespace vmcred::shim
