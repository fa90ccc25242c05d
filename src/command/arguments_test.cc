// SPDX-License-Identifier: Apache-2.0
#include "command/arguments.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace vmcred::command {
namespace {

constexpr Option k_options[] = {
    {"--config", "FILE", "the config"}, {"--timeout", "SECONDS", "how long"}, {"--json", "", "print JSON"}};

struct CommandLine {
  std::vector<std::string_view> words;
  const char* label;
  const char* result;  // what was understood, or the error
};

std::string understood(const CommandLine& row) {
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
  const CommandLine rows[] = {
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
  const CommandLine rows[] = {
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

TEST(ArgumentsTest, LabelsSayHowManyOperandsThereAre) {
  struct Case {
    const char* label;
    std::size_t count;
    const char* error;
  };
  const Case cases[] = {
      {"[VM]", 0, ""},
      {"[VM]", 1, ""},
      {"[VM]", 2, "unexpected argument 'b'"},
      {"VM [FILE]", 0, "VM is missing"},
      {"VM [FILE]", 2, ""},
      {"VM FILE", 1, "FILE is missing"},
      {"VM...", 0, "VM is missing"},
      {"VM...", 3, ""},
      {"[VM...]", 0, ""},
      {"[VM...]", 3, ""},
      {"VM [FILE...]", 3, ""},
      {"VM FILE", 3, "unexpected argument 'c'"},
  };
  const std::vector<std::string_view> words = {"a", "b", "c"};
  for (const auto& [label, count, error] : cases) {
    const auto arguments = Arguments::parse(std::span(words).first(count), {}, label);
    EXPECT_EQ(arguments ? "" : arguments.error().what, error) << label << " " << count;
    EXPECT_EQ(arguments ? arguments->operands().size() : count, count) << label;
  }
}

TEST(ArgumentsTest, OptionsMayHaveShortNamesAndBeGivenTwice) {
  constexpr Option options[] = {{"--recipient", "RECIPIENT", "who may read", "-r"},
                                {"--armor", "", "as text", "-a"}};
  const std::vector<std::string_view> words = {"-r", "x", "-a", "--recipient=y", "-r=z", "file"};
  const auto arguments = Arguments::parse(words, options, "[FILE]");
  ASSERT_TRUE(arguments) << arguments.error().what;
  EXPECT_EQ(arguments->values("--recipient"), (std::vector<std::string>{"x", "y", "z"}));
  EXPECT_TRUE(arguments->has("--armor"));
  EXPECT_EQ(arguments->operand_at(0), "file");
  EXPECT_EQ(arguments->operand_at(1), std::nullopt);
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
