// SPDX-License-Identifier: Apache-2.0
#include "guest/commands.h"

#include <gmock/gmock.h>

#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

TEST(CommandsTest, EveryCommandHasHelp) {
  for (const auto* row : command::commands_of(program())) {
    const auto& command = *row;
    SCOPED_TRACE(command.name);
    const auto whole = run_guest({"--help"});
    EXPECT_EQ(whole.exit_code, 0);
    EXPECT_THAT(whole.out,
                AllOf(HasSubstr(std::string(command.name)), HasSubstr(std::string(command.summary))));
    const auto own = run_guest({std::string(command.name), "--help"});
    EXPECT_EQ(own.exit_code, 0);
    for (const auto& option : command.options) EXPECT_THAT(own.out, HasSubstr(std::string(option.name)));
  }
}

TEST(CommandsTest, SaysItsVersion) {
  const auto outcome = run_guest({"--version"});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, StartsWith("vmcred-guest "));
}

TEST(CommandsTest, RefusesWrongCommandLines) {
  struct Row {
    std::vector<std::string> words;
    const char* error;
  };
  const Row rows[] = {
      {{}, "a command is missing"},
      {{"lst"}, "unknown command 'lst' (did you mean 'list'?)"},
      {{"something"}, "unknown command 'something'"},
      {{"list", "--jsn"}, "list: unknown option '--jsn' (did you mean '--json'?)"},
      {{"list", "x"}, "list: unexpected argument 'x'"},
      {{"list", "--json=yes"}, "list: option --json takes no value"},
      {{"list", "--directory"}, "list: option --directory needs a DIR"},
      {{"cat"}, "cat: NAME is missing"},
      {{"cat", "a", "b"}, "cat: unexpected argument 'b'"},
      {{"report", "--timeout", "1s"}, "--timeout takes whole seconds"},
      {{"report", "--timeout", "-1"}, "--timeout takes whole seconds"},
      {{"report", "--timeout", "86401"}, "--timeout takes whole seconds"},
      {{"report", "--console", "--port", "x"}, "--console and --port exclude each other"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.error);
    const auto outcome = run_guest(row.words);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_EQ(outcome.out, "");
    EXPECT_THAT(outcome.error, StartsWith(std::string("vmcred-guest: error: ") + row.error));
  }
}

}  // namespace
}  // namespace vmcred::guest
