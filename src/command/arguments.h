// SPDX-License-Identifier: Apache-2.0
// The words after a command, checked against the options that it declares.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vmcred::command {

struct Option {
  std::string_view name;         // "--directory"
  std::string_view value_label;  // "DIR"; empty for one that takes no value
  std::string_view summary;
};

class Arguments {
 public:
  // Accepts `--name VALUE` and `--name=VALUE` in any order, and exactly the operand that `operand_label`
  // names (none if it is empty). Everything after `--` is an operand. Fails with a usage error that names the
  // word.
  static base::Result<Arguments> parse(std::span<const std::string_view> words,
                                       std::span<const Option> options, std::string_view operand_label);

  bool has(std::string_view option) const { return value(option).has_value(); }

  // The last value given, "" for an option without one, or nothing.
  std::optional<std::string> value(std::string_view option) const;

  // Valid where the command has an operand.
  const std::string& operand() const { return m_operands.front(); }

 private:
  struct Given {
    std::string_view option;  // the declared name
    std::string value;
  };

  std::vector<Given> m_given;
  std::vector<std::string> m_operands;
};

}  // namespace vmcred::command
