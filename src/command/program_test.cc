// SPDX-License-Identifier: Apache-2.0
#include "command/program.h"

#include <gmock/gmock.h>
#include <cstdlib>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "command/exit_code.h"
#include "command/help.h"
#include "command/output.h"
#include "support/child.h"
#include "support/streams.h"

namespace vmcred::command {
namespace {

using base::ErrorKind;
using test_support::KeptStreams;
using test_support::run_program;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

base::Result<void> say(const Arguments& arguments, const Streams& streams) {
  return print(streams, base::concat("said ", arguments.value("--word").value_or("nothing"), "\n"));
}

base::Result<void> fail(const Arguments& arguments, const Streams& /*streams*/) {
  base::Error error{
      .kind = ErrorKind::refused, .what = base::concat(arguments.operand(), " is open"), .hint = "close it"};
  error.others.push_back({.kind = ErrorKind::host, .what = "another finding"});
  return error;
}

constexpr Option k_say_options[] = {{"--word", "WORD", "what to say", "-w"},
                                    {"--an-option-with-quite-a-long-name", "", "and its text"}};
constexpr Command k_commands[] = {
    {"say", "", "Say a word", k_say_options, say},
    {"door check", "DOOR", "Check a door", {}, fail},
    {"door list", "", "List the doors", {}, say},
};
int as_seventy(const base::Error& /*error*/) { return 70; }

constexpr Command k_key_commands[] = {
    {"key users add", "NAME", "Add a user", {}, fail, as_seventy},
    {"key users list", "", "List the users", {}, say},
};
constexpr Group k_groups[] = {{"Doors", k_commands}, {"Keys", k_key_commands}};
constexpr Program k_program{.name = "prog", .summary = "Does things.", .groups = k_groups};

TEST(RunTest, ACommandGetsItsArgumentsAndTheProgramItsExitCode) {
  const auto well = run_program(k_program, {"say", "--word", "x"});
  EXPECT_EQ(well.exit_code, 0);
  EXPECT_EQ(well.out, "said x\n");
  EXPECT_EQ(well.error, "");
  const auto badly = run_program(k_program, {"door", "check", "front"});
  EXPECT_EQ(badly.exit_code, 5);
  EXPECT_EQ(badly.out, "");
  EXPECT_EQ(badly.error, "prog: error: front is open\nprog: hint: close it\nprog: error: another finding\n");
}

TEST(RunTest, WhatIsNoCommandIsAUsageErrorWithASuggestion) {
  struct Row {
    std::vector<std::string_view> words;
    const char* error;
  };
  const Row rows[] = {
      {{}, "a command is missing"},
      {{"sya"}, "unknown command 'sya' (did you mean 'say'?)"},
      {{"door"}, "'door' needs a verb"},
      {{"door", "chekc"}, "unknown command 'door chekc' (did you mean 'door check'?)"},
      {{"dor", "check"}, "unknown command 'dor' (did you mean 'door check'?)"},
      {{"window"}, "unknown command 'window'"},
      {{"check"}, "unknown command 'check'"},
      {{"door check"}, "unknown command 'door check' (did you mean 'door check'?)"},
      {{""}, "unknown command ''"},
      {{"key"}, "'key' needs a verb"},
      {{"key", "users"}, "'key users' needs a verb"},
      {{"key", "users", "ad"}, "unknown command 'key users ad' (did you mean 'key users add'?)"},
      {{"x\nprog: error: forged"}, "unknown command 'x\\x0aprog: error: forged'"},
  };
  for (const auto& row : rows) {
    const auto outcome = run_program(k_program, row.words);
    EXPECT_EQ(outcome.exit_code, 2) << row.error;
    EXPECT_EQ(outcome.error,
              base::concat("prog: error: ", row.error, "\nprog: hint: 'prog --help' lists the commands\n"));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST(RunTest, WrongArgumentsNameTheCommandAndItsHelp) {
  const auto outcome = run_program(k_program, {"door", "check"});
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(
      outcome.error,
      "prog: error: door check: DOOR is missing\nprog: hint: 'prog door check --help' shows what it takes\n");
}

TEST(RunTest, HelpIsMadeFromTheTable) {
  const auto whole = run_program(k_program, {"--help"});
  EXPECT_EQ(whole.exit_code, 0);
  EXPECT_EQ(whole.error, "");
  EXPECT_EQ(run_program(k_program, {"-h"}).out, whole.out);
  EXPECT_THAT(whole.out, StartsWith("Does things.\n\nUsage: prog COMMAND [OPTION...]\n\nDoors:\n"
                                    "  say                           Say a word\n"
                                    "  door check DOOR               Check a door\n"
                                    "  door list                     List the doors\n\nKeys:\n"));
  EXPECT_THAT(whole.out, HasSubstr("\nOptions:\n  --help                        show this text"));
  EXPECT_THAT(whole.out, HasSubstr("\nExit codes:\n  0  done\n"));
  EXPECT_EQ(run_program(k_program, {"say", "--word", "x", "--help"}).out,
            "Say a word.\n\nUsage: prog say [OPTION...]\n\nOptions:\n"
            "  -w, --word WORD               what to say\n"
            "  --an-option-with-quite-a-long-name\n"
            "                                and its text\n");
  EXPECT_EQ(run_program(k_program, {"door", "check", "--help"}).out,
            "Check a door.\n\nUsage: prog door check DOOR\n");
  EXPECT_THAT(run_program(k_program, {"door", "check", "--", "--help"}).error, HasSubstr("--help is open"));
  EXPECT_EQ(run_program(k_program, {"--version"}).out, "prog " VMCRED_VERSION "\n");
}

TEST(RunTest, ACommandMayHaveExitCodesOfItsOwn) {
  EXPECT_EQ(run_program(k_program, {"key", "users", "add", "x"}).exit_code, 70);
  EXPECT_EQ(run_program(k_program, {"key", "users", "list"}).exit_code, 0);
}

TEST(ExitCodeTest, EveryKindOfErrorHasOneThatTheHelpExplains) {
  const std::map<ErrorKind, ExitCode> expected = {
      {ErrorKind::usage, ExitCode::usage},
      {ErrorKind::config, ExitCode::config},
      {ErrorKind::credential, ExitCode::credential},
      {ErrorKind::host, ExitCode::host},
      {ErrorKind::refused, ExitCode::refused},
      {ErrorKind::vmm, ExitCode::vmm},
      {ErrorKind::verify, ExitCode::credential},
      {ErrorKind::not_yet, ExitCode::not_yet},
      {ErrorKind::io, ExitCode::host},
  };
  EXPECT_EQ(expected.size(), static_cast<std::size_t>(ErrorKind::io) + 1) << "a kind is missing here";
  for (const auto& [kind, code] : expected) {
    EXPECT_EQ(exit_code_for(kind), code) << static_cast<int>(kind);
    EXPECT_THAT(std::string(exit_code_help()), HasSubstr(base::concat("  ", static_cast<int>(code), "  ")));
  }
}

TEST(OutputTest, ThereIsNoColourWhereNobodyLooks) {
  const KeptStreams kept;
  print_error("prog", kept.streams(), {.kind = ErrorKind::host, .what = "a", .hint = "b"});
  warn("prog", kept.streams(), "c");
  EXPECT_EQ(kept.error(), "prog: error: a\nprog: hint: b\nprog: warning: c\n");
  EXPECT_EQ(kept.out(), "");
}

// What a terminal shows of an error.
std::string on_terminal(bool no_colour) {
  const base::UniqueFd ours(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!ours.valid() || ::grantpt(ours.get()) != 0 || ::unlockpt(ours.get()) != 0) return "no terminal";
  char name[64] = {};
  if (::ptsname_r(ours.get(), name, sizeof name) != 0) return "no terminal";
  const base::UniqueFd terminal(::open(name, O_RDWR | O_NOCTTY | O_CLOEXEC));
  if (!terminal.valid()) return "no terminal";
  no_colour ? ::setenv("NO_COLOR", "1", 1) : ::unsetenv("NO_COLOR");
  print_error("prog", {.out = terminal.get(), .error = terminal.get()},
              {.kind = ErrorKind::host, .what = "a", .hint = ""});
  char shown[256] = {};
  return ::read(ours.get(), shown, sizeof shown - 1) > 0 ? shown : "nothing";
}

TEST(OutputTest, ColourIsForTerminalsWithoutNoColor) {
  const auto coloured = test_support::in_child([] { return on_terminal(false); });
  if (coloured.text == "no terminal") GTEST_SKIP() << "no terminal to be had";
  EXPECT_EQ(coloured.text, "prog: \x1b[1;31merror:\x1b[0m a\r\n");
  EXPECT_EQ(test_support::in_child([] { return on_terminal(true); }).text, "prog: error: a\r\n");
}

TEST(OutputTest, AFailureToPrintIsAnError) {
  const base::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto printed = print({.out = full.get(), .error = full.get()}, "text");
  ASSERT_FALSE(printed);
  EXPECT_EQ(printed.error().what, "standard output: no space left on device");
  const std::string_view words[] = {"say"};
  EXPECT_EQ(run(k_program, words, {.out = full.get(), .error = full.get()}), 4);
}

TEST(ShownNameTest, QuotesWhatCouldForgeOutput) {
  EXPECT_EQ(shown_name("API_KEY"), "API_KEY");
  EXPECT_EQ(shown_name("two words"), "two words");
  EXPECT_EQ(shown_name("x\ny"), "'x\\x0ay'");
}

TEST(JsonStringTest, IsValidWhateverTheBytes) {
  struct Row {
    std::string text;
    const char* json;
  };
  const Row rows[] = {
      {"", "\"\""},
      {"plain", "\"plain\""},
      {"\"quoted\" \\ /", "\"\\\"quoted\\\" \\\\ /\""},
      {"\n\t\x1b\x7f", "\"\\u000a\\u0009\\u001b\\u007f\""},
      {std::string("\0", 1), "\"\\u0000\""},
      {"\xff\xc3", "\"\\u00ff\\u00c3\""},
  };
  for (const auto& row : rows) EXPECT_EQ(json_string(row.text), row.json);
  const auto parsed = nlohmann::json::parse(json_string(test_support::all_bytes()), nullptr, false);
  ASSERT_TRUE(parsed.is_string());
  EXPECT_THAT(json_string(test_support::all_bytes()), Not(HasSubstr("\n")));
}

}  // namespace
}  // namespace vmcred::command
