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
  std::string_view short_name = {};  // "-d"; empty for none
};

class Arguments {
 public:
  // Accepts `--name VALUE`, `--name=VALUE` and `-n VALUE` in any order, and the operands that `operand_label`
  // names: "VM FILE" two, "VM [SECRET]" one or two, "[VM...]" any number, "FILE..." one or more, "" none.
  // Everything after `--` is an operand. Fails with a usage error that names the word.
  static base::Result<Arguments> parse(std::span<const std::string_view> words,
                                       std::span<const Option> options, std::string_view operand_label);

  bool has(std::string_view option) const { return value(option).has_value(); }

  // The last value given, "" for an option without one, or nothing.
  std::optional<std::string> value(std::string_view option) const;

  // All values given, in order.
  std::vector<std::string> values(std::string_view option) const;

  // Valid where the command needs an operand.
  const std::string& operand() const { return m_operands.front(); }

  std::span<const std::string> operands() const { return m_operands; }

  // The operand at `index`, or nothing where an optional one was left out.
  std::optional<std::string> operand_at(std::size_t index) const;

 private:
  struct Given {
    std::string_view option;  // the declared name
    std::string value;
  };

  std::vector<Given> m_given;
  std::vector<std::string> m_operands;
};

}  // namespace vmcred::command
