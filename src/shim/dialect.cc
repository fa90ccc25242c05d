// SPDX-License-Identifier: Apache-2.0
#include "shim/dialect.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "config/load.h"

namespace vmcred::shim {
namespace {

constexpr std::array k_dialects{&k_qemu,    &k_cloud_hypervisor, &k_firecracker, &k_crosvm,
                                &k_kvmtool, &k_stratovirt,       &k_alioth,      &k_vfkit};

constexpr std::array<std::string_view, 7> k_questions{
    "--help", "-help", "-h", "--version", "-version", "-V", "--snapshot-version"};

}  // namespace

base::Result<const Dialect*> find_dialect(std::string_view name) {
  std::vector<std::string> names;
  for (const Dialect* dialect : k_dialects) {
    names.emplace_back(config::spelling(dialect->hypervisor));
    if (names.back() == name) return dialect;
  }
  return base::Error{
      .kind = base::ErrorKind::usage,
      .what = base::concat("unknown hypervisor ", base::quoted(name), base::did_you_mean(name, names)),
      .hint = base::concat("there are ", base::join(names, ", "))};
}

bool starts_a_vm(const Dialect& dialect, std::span<const std::string> words) {
  const auto is_one_of = [](std::span<const std::string_view> list) {
    return [list](const std::string& word) { return std::ranges::find(list, word) != list.end(); };
  };
  if (std::ranges::any_of(words, is_one_of(k_questions))) return false;
  if (dialect.start_words.empty()) return true;
  // Options may stand before the subcommand.
  if (words.empty() || words.front().starts_with('-'))
    return std::ranges::any_of(words, is_one_of(dialect.start_words));
  return is_one_of(dialect.start_words)(words.front());
}

}  // namespace vmcred::shim
