// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/refusal.h"

#include "base/file.h"
#include "base/text.h"
#include "config/unit_names.h"

namespace vmcred::runner {

std::string last_refusal(const std::string& vm, const std::string& directory) {
  constexpr std::size_t k_max_bytes = 4096;
  const auto text = base::read_text_file(base::concat(directory, "/", config::vm_unit_name(vm)), k_max_bytes);
  return text ? base::escaped(text->substr(0, text->find('\n'))) : std::string();
}

}  // namespace vmcred::runner
