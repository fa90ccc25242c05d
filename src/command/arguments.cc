// SPDX-License-Identifier: Apache-2.0
#include "command/arguments.h"

#include <algorithm>

#include "base/text.h"

namespace vmcred::command {
namespace {

using base::Error;
using base::ErrorKind;
using base::Result;

Error usage_error(std::string what) { return {.kind = ErrorKind::usage, .what = std::move(what)}; }

Result<const Option*> find_option(std::string_view name, std::span<const Option> options) {
  const auto found = std::ranges::find_if(options, [&](const Option& option) {
    return option.name == name || (!option.short_name.empty() && option.short_name == name);
  });
  if (found != options.end()) return &*found;
  std::vector<std::string> names;
  for (const auto& option : options) names.emplace_back(option.name);
  return usage_error(base::concat("unknown option ", base::quoted(name), base::did_you_mean(name, names)));
}

// The operands that a label such as "VM [FILE...]" asks for.
struct WantedOperands {
  std::vector<std::string_view> required;
  std::size_t optional = 0;
  bool any_number = false;

  explicit WantedOperands(std::string_view label) {
    while (!label.empty()) {
      const auto space = label.find(' ');
      add(label.substr(0, space));
      label = space == std::string_view::npos ? std::string_view() : label.substr(space + 1);
    }
  }

 private:
  void add(std::string_view word) {
    const bool may_be_left_out = word.starts_with('[');
    any_number = any_number || word.find("...") != std::string_view::npos;
    if (may_be_left_out)
      ++optional;
    else
      required.push_back(word.substr(0, word.find("...")));
  }
};

base::Result<void> check_operands(std::span<const std::string> operands, std::string_view label) {
  const WantedOperands wanted(label);
  if (operands.size() < wanted.required.size())
    return usage_error(base::concat(wanted.required[operands.size()], " is missing"));
  const std::size_t most = wanted.required.size() + wanted.optional;
  if (operands.size() > most && !wanted.any_number)
    return usage_error(base::concat("unexpected argument ", base::quoted(operands[most])));
  return {};
}

}  // namespace

Result<Arguments> Arguments::parse(std::span<const std::string_view> words, std::span<const Option> options,
                                   std::string_view operand_label) {
  Arguments arguments;
  bool options_ended = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (options_ended || !word.starts_with('-') || word == "-") {
      arguments.m_operands.emplace_back(word);
      continue;
    }
    if (word == "--") {
      options_ended = true;
      continue;
    }
    const auto equals = word.find('=');
    VMCRED_TRY_ASSIGN(const Option* option, find_option(word.substr(0, equals), options));
    const bool takes_value = !option->value_label.empty();
    if (equals != std::string_view::npos && !takes_value)
      return usage_error(base::concat("option ", option->name, " takes no value"));
    if (equals == std::string_view::npos && takes_value && i + 1 == words.size())
      return usage_error(base::concat("option ", option->name, " needs a ", option->value_label));
    std::string value;
    if (takes_value) value = equals != std::string_view::npos ? word.substr(equals + 1) : words[++i];
    arguments.m_given.push_back({.option = option->name, .value = std::move(value)});
  }
  VMCRED_TRY(check_operands(arguments.m_operands, operand_label));
  return arguments;
}

std::optional<std::string> Arguments::value(std::string_view option) const {
  const auto found = std::find_if(m_given.rbegin(), m_given.rend(),
                                  [&](const Given& given) { return given.option == option; });
  if (found == m_given.rend()) return std::nullopt;
  return found->value;
}

std::vector<std::string> Arguments::values(std::string_view option) const {
  std::vector<std::string> values;
  for (const Given& given : m_given)
    if (given.option == option) values.push_back(given.value);
  return values;
}

std::optional<std::string> Arguments::operand_at(std::size_t index) const {
  if (index >= m_operands.size()) return std::nullopt;
  return m_operands[index];
}

}  // namespace vmcred::command
