// SPDX-License-Identifier: Apache-2.0
#include "command/arguments.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vmcred::command {
namespace {

constexpr Option k_options[] = {
    {"--config", "FILE", "the config"}, {"--timeout", "SECONDS", "how long"}, {"--json", "", "print JSON"}};

struct Row {
  std::vector<std::string_view> words;
  const char* label;
  const char* result;  // what was understood, or the error
};

std::string understood(const Row& row) {
  const auto arguments = Arguments::parse(row.words, k_options, row.label);
  if (!arguments) {
    EXPECT_EQ(arguments.error().kind, base::ErrorKind::usage);
    return arguments.error().what;
  }
  std::string text = *row.label == '\0' ? "" : base::concat(arguments->operand(), " ");
  for (const auto& option : k_options)
    if (arguments->has(option.name))
      text += base::concat(option.name, "=", *arguments->value(option.name), " ");
  return text;
}

TEST(ArgumentsTest, UnderstandsOptionsAndTheOperandInAnyOrder) {
  const Row rows[] = {
      {{}, "", ""},
      {{"vm"}, "VM", "vm "},
      {{"--config", "a", "vm"}, "VM", "vm --config=a "},
      {{"vm", "--config=a"}, "VM", "vm --config=a "},
      {{"--json", "vm", "--timeout", "5"}, "VM", "vm --timeout=5 --json= "},
      {{"--config", "a", "--config=b"}, "", "--config=b "},
      {{"--config="}, "", "--config= "},
      {{"--config=a=b"}, "", "--config=a=b "},
      {{"--config", ""}, "", "--config= "},
      {{"--config", "--json"}, "", "--config=--json "},
      {{"--json", "--json"}, "", "--json= "},
      {{"-"}, "VM", "- "},
      {{""}, "VM", " "},
      {{"--", "--json"}, "VM", "--json "},
      {{"--", "--"}, "VM", "-- "},
      {{"vm", "--"}, "VM", "vm "},
  };
  for (const auto& row : rows) EXPECT_EQ(understood(row), row.result);
}

TEST(ArgumentsTest, NearMissesNameTheWord) {
  const Row rows[] = {
      {{}, "VM", "VM is missing"},
      {{"--json"}, "VM", "VM is missing"},
      {{"vm"}, "", "unexpected argument 'vm'"},
      {{"vm", "other"}, "VM", "unexpected argument 'other'"},
      {{"vm", "--", "--json"}, "VM", "unexpected argument '--json'"},
      {{"--config"}, "", "option --config needs a FILE"},
      {{"--json", "--timeout"}, "", "option --timeout needs a SECONDS"},
      {{"--json=yes"}, "", "option --json takes no value"},
      {{"--json="}, "", "option --json takes no value"},
      {{"--jsn"}, "", "unknown option '--jsn' (did you mean '--json'?)"},
      {{"--confgi=a"}, "", "unknown option '--confgi' (did you mean '--config'?)"},
      {{"-config"}, "", "unknown option '-config' (did you mean '--config'?)"},
      {{"--verbose"}, "", "unknown option '--verbose'"},
      {{"-j"}, "", "unknown option '-j'"},
      {{"--JSON"}, "", "unknown option '--JSON'"},
      {{"--x\nvmcred: error: forged"}, "", "unknown option '--x\\x0avmcred: error: forged'"},
  };
  for (const auto& row : rows) EXPECT_EQ(understood(row), row.result);
}

TEST(ArgumentsTest, ValuesStayWhenTheWordsAreGone) {
  base::Result<Arguments> arguments = [] {
    const std::string word = "--config=some value that is too long to be kept in place";
    const std::string_view words[] = {word};
    return Arguments::parse(words, k_options, "");
  }();
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->value("--config"), "some value that is too long to be kept in place");
  EXPECT_EQ(arguments->value("--timeout"), std::nullopt);
}

}  // namespace
}  // namespace vmcred::command
