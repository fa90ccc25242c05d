// SPDX-License-Identifier: Apache-2.0
// Makes the values of one generator; stores nothing.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vars/declared.h"
#include "vars/sandbox.h"

namespace vmcred::vars {

// One file of one dependency.
struct DependencyFile {
  DeclaredVar var;
  std::span<const std::byte> bytes;
};

struct Materials {
  std::vector<DependencyFile> dependencies;
  std::vector<NamedBytes> answers;  // one for each prompt
};

struct MakeOutput {
  std::vector<NamedSecret> files;  // one for each that is declared
  std::vector<std::string> extra;  // that the script has left besides
};

// Before anybody is asked: can each file be made at all? A config error names the one that can't.
base::Result<void> check_can_make(const Declaration& generator);

// In this order: answers to prompts that persist, built-in kinds, the script, kinds that follow from other
// files.
base::Result<MakeOutput> make_values(const Declaration& generator, const Materials& materials,
                                     const std::function<void(std::string_view)>& line);

}  // namespace vmcred::vars
