// SPDX-License-Identifier: Apache-2.0
// vfkit, whose initrd and kernel parameters stand in --bootloader linux,kernel=…,initrd=…,cmdline="…".
// Source: vfkit's doc/usage.md.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "shim/dialect.h"
#include "shim/initrd_plan.h"
#include "shim/kernel_parameters.h"
#include "shim/platform_option.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Result;

constexpr OptionStyle k_style{.long_equals = true};
constexpr std::array<std::string_view, 1> k_bootloader{"--bootloader"};
constexpr std::string_view k_initrd = "initrd=";
constexpr std::string_view k_cmdline = "cmdline=";

// The option's value in three parts.
struct Bootloader {
  FoundOption option;
  std::vector<std::string> others;  // "linux", "kernel=/boot/Image"
  std::string initrd;
  std::string parameters;

  std::string text() const { return concat(base::join(others, ","), ",", k_cmdline, "\"", parameters, "\""); }
};

std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Result<Bootloader> read_bootloader(std::span<const std::string> words) {
  const auto options = find_options(words, k_bootloader, k_style);
  if (options.empty())
    return lacks("vfkit", "--bootloader", "pass --bootloader linux,kernel=…,initrd=…,cmdline=…");
  if (options.size() > 1) return given_twice("vfkit", k_bootloader.front());
  const auto pieces = split_at_commas(value_of(words, options.front()));
  if (!pieces || pieces->front() != "linux")
    return base::Error{.kind = base::ErrorKind::usage,
                       .what = "--bootloader of vfkit is not of the form linux,key=value,…",
                       .hint = "boot a Linux kernel by its file: what EFI finds on a disk stays as it is"};
  Bootloader bootloader{.option = options.front(), .others = {}, .initrd = {}, .parameters = {}};
  for (const auto piece : *pieces)
    if (piece.starts_with(k_initrd))
      bootloader.initrd = without_quotes(piece.substr(k_initrd.size()));
    else if (piece.starts_with(k_cmdline))
      bootloader.parameters = without_quotes(piece.substr(k_cmdline.size()));
    else if (!piece.empty())
      bootloader.others.emplace_back(piece);
  return bootloader;
}

// A bootloader of another kind is left to the plan, which there is only with credentials.
Result<void> take_from_bootloader(StrippedLine& line, const ReadText& /*read_text*/) {
  auto read = read_bootloader(line.words);
  if (!read) return {};
  Bootloader bootloader = *std::move(read);
  VMCRED_TRY_ASSIGN(bootloader.parameters, take_from_kernel_parameters(bootloader.parameters, line.taken));
  set_value(line.words, bootloader.option, concat(bootloader.text(), ",", k_initrd, bootloader.initrd));
  return {};
}

Result<vmm::LaunchPlan> plan_with_bootloader(const StrippedLine& line, Outlines outlines) {
  VMCRED_TRY_ASSIGN(auto bootloader, read_bootloader(line.words));
  if (bootloader.initrd.empty()) return lacks("vfkit", "initrd= in its --bootloader", k_needs_initrd);
  VMCRED_TRY_ASSIGN(auto parameters, with_shim_init(bootloader.parameters));
  bootloader.parameters = std::move(parameters.text);
  auto words = line.words;
  set_value(words, bootloader.option, concat(bootloader.text(), ",", k_initrd));
  vmm::LaunchPlan plan = plan_as_it_is(words);
  plan.arguments[bootloader.option.word].file = 0;
  plan.files.push_back(
      planned_initrd(std::move(bootloader.initrd), std::move(parameters.next_init), outlines));
  return plan;
}

}  // namespace

const Dialect k_vfkit{.hypervisor = config::Hypervisor::vfkit,
                      .program = "vfkit",
                      .start_words = {},
                      .style = k_style,
                      .initrd = {},
                      .kernel_parameters = {},
                      .take = take_from_bootloader,
                      .plan = plan_with_bootloader};

}  // namespace vmcred::shim
