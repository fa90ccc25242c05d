// SPDX-License-Identifier: Apache-2.0
// For tests: whole runs on a real store.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "support/repository.h"

namespace vmcred::vars {

class GenerateTest : public RepositoryTest {
 protected:
  void configure(std::string_view toml, const std::vector<std::string>& vms = {}) {
    m_repository.configure(toml, vms);
  }
  std::vector<std::string> run(const Request& request = {}) { return m_repository.generate(request); }
  std::string value(std::string_view id) { return m_repository.value(id); }
};

// A per-machine generator on `a` and `b` that depends on a shared one.
inline constexpr std::string_view k_shared_and_local = R"toml(
[generators.ca]
share = true
files.key = { deploy = false }
files.cert = { secret = false }
script = 'head -c 16 /dev/urandom | base64 > $out/key; echo "cert $(cat $out/key)" > $out/cert'
[generators.leaf]
machines = ["a", "b"]
dependencies = ["ca"]
files.pair = {}
script = 'cat $in/ca/key $in/ca/cert > $out/pair'
[generators.alone]
machines = ["a", "b"]
files.token.kind = "hex:16"
)toml";

}  // namespace vmcred::vars
