// SPDX-License-Identifier: Apache-2.0
#include "command/completion.h"

#include <gmock/gmock.h>

namespace vmcred::command {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

base::Result<void> nothing(const Arguments& /*arguments*/, const Streams& /*streams*/) { return {}; }

constexpr Option k_tool_options[] = {{"--config", "FILE", "the config", "-c"}, {"--json", "", "print JSON"}};
constexpr Command k_tool_commands[] = {
    {"vm run", "VM", "Start", k_tool_options, nothing},
    {"vm stop", "VM", "Stop", k_tool_options, nothing},
    {"vars get", "VM [VAR...]", "Print", {}, nothing},
    {"check", "", "Check", k_tool_options, nothing},
};
constexpr Group k_tool_groups[] = {{.title = "", .commands = k_tool_commands}};
constexpr Program k_tool{.name = "tool", .summary = "A tool", .groups = k_tool_groups};

std::vector<std::string> words_after(std::vector<std::string_view> words) {
  std::vector<std::string> found;
  for (const Candidate& candidate : complete(k_tool, words).candidates) found.push_back(candidate.word);
  return found;
}

std::string value_after(std::vector<std::string_view> words) { return complete(k_tool, words).value; }

TEST(Completion, OffersEachNounOnceAndThenItsVerbs) {
  EXPECT_THAT(words_after({""}), ElementsAre("vm", "vars", "check"));
  EXPECT_THAT(words_after({"v"}), ElementsAre("vm", "vars"));
  EXPECT_THAT(words_after({"vm", ""}), ElementsAre("run", "stop"));
  EXPECT_THAT(words_after({"vm", "s"}), ElementsAre("stop"));
  EXPECT_THAT(words_after({"nothing", ""}), IsEmpty());
}

TEST(Completion, GivesTheSummaryOfAWholeCommand) {
  const std::vector<std::string_view> words{"vm", "r"};
  EXPECT_EQ(complete(k_tool, words).candidates.front().summary, "Start");
}

TEST(Completion, OffersOptionsWhereOneBeginsOrNothingElseCanCome) {
  EXPECT_THAT(words_after({"vm", "run", "--"}), ElementsAre("--config", "--json", "--help"));
  EXPECT_THAT(words_after({"check", ""}), ElementsAre("--config", "--json", "--help"));
  EXPECT_THAT(words_after({"vm", "run", "a", ""}), ElementsAre("--config", "--json", "--help"));
  EXPECT_THAT(words_after({"--v"}), ElementsAre("--version"));
}

TEST(Completion, SaysWhatValueIsWanted) {
  EXPECT_EQ(value_after({"vm", "run", ""}), "VM");
  EXPECT_EQ(value_after({"vm", "run", "--config", ""}), "FILE");
  EXPECT_EQ(value_after({"vm", "run", "-c", "x", ""}), "VM");
  EXPECT_EQ(value_after({"vars", "get", "a", ""}), "VAR");
  EXPECT_EQ(value_after({"vars", "get", "a", "b", "c", ""}), "VAR");
}

TEST(Completion, OffersNoOptionsAfterTwoHyphens) {
  EXPECT_THAT(words_after({"vm", "run", "--", "-"}), IsEmpty());
  EXPECT_EQ(value_after({"vm", "run", "--", ""}), "VM");
}

}  // namespace
}  // namespace vmcred::command
