// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "base/text.h"
#include "config/decode.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

// By name, why a generator can't be used.
using BrokenGenerators = std::map<std::string, base::Error, std::less<>>;

const base::Error* cause_in(const BrokenGenerators& broken, const std::vector<std::string>& names) {
  for (const std::string& name : names)
    if (const auto found = broken.find(name); found != broken.end()) return &found->second;
  return nullptr;
}

// Those with findings of their own, and in turn all that depend on one of them.
BrokenGenerators broken_generators(const Findings& findings, const std::vector<Generator>& generators) {
  BrokenGenerators broken;
  for (const Generator& generator : generators)
    if (auto error = findings.error_about({Subject::Kind::generator, generator.name}))
      broken.emplace(generator.name, *std::move(error));
  for (std::size_t before = 0; before != broken.size();) {
    before = broken.size();
    for (const Generator& generator : generators)
      if (const base::Error* cause = cause_in(broken, generator.dependencies))
        broken.emplace(generator.name, *cause);
  }
  return broken;
}

std::optional<base::Error> error_of(const Findings& findings, const BrokenGenerators& broken,
                                    const VirtualMachine& vm) {
  if (auto error = findings.error_about({Subject::Kind::vm, vm.name})) return error;
  for (const Secret& secret : vm.secrets) {
    const auto* source = std::get_if<GeneratorSource>(&secret.source);
    if (source == nullptr) continue;
    const auto found = broken.find(source->generator);
    if (found == broken.end()) continue;
    base::Error error = found->second;
    return std::move(error).in(concat("vm ", quoted(vm.name), " uses generator ", quoted(source->generator)));
  }
  return std::nullopt;
}

}  // namespace

void take_out_broken(const Findings& findings, UnitConfig& result) {
  const BrokenGenerators broken = broken_generators(findings, result.config.generators);
  std::erase_if(result.config.vms, [&](const VirtualMachine& vm) {
    auto error = error_of(findings, broken, vm);
    if (error) result.broken.push_back({vm.name, *std::move(error)});
    return error.has_value();
  });
  std::erase_if(result.config.generators,
                [&](const Generator& generator) { return broken.contains(generator.name); });
}

}  // namespace vmcred::config
