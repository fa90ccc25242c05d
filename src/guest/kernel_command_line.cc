// SPDX-License-Identifier: Apache-2.0
#include "guest/kernel_command_line.h"

#include <algorithm>

#include "base/file.h"

namespace vmcred::guest {

std::optional<std::string> find_kernel_parameter(std::string_view command_line, std::string_view name) {
  std::optional<std::string> value;
  while (!command_line.empty()) {
    const auto end = std::min(command_line.find_first_of(" \t\n"), command_line.size());
    const std::string_view word = command_line.substr(0, end);
    if (word.size() > name.size() && word.starts_with(name) && word[name.size()] == '=')
      value = word.substr(name.size() + 1);
    command_line.remove_prefix(std::min(command_line.size(), end + 1));
  }
  return value;
}

base::Result<std::optional<std::string>> kernel_parameter(std::string_view name) {
  constexpr std::size_t k_max_bytes = 64UL * 1024;
  VMCRED_TRY_ASSIGN(const std::string command_line, base::read_text_file("/proc/cmdline", k_max_bytes));
  return find_kernel_parameter(command_line, name);
}

}  // namespace vmcred::guest
