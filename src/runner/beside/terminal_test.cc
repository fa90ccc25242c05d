// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/terminal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "base/pipe.h"
#include "base/text.h"
#include "support/child.h"

namespace vmcred::runner {
namespace {

using base::UniqueFd;
using test_support::ChildOutcome;
using test_support::in_child;

constexpr std::string_view k_many_lines = "i=0; while [ $i -lt 40000 ]; do echo line $i; i=$((i + 1)); done";

std::string many_lines() {
  std::string text;
  for (int i = 0; i < 40000; ++i) text += base::concat("line ", i, "\n");
  return text;
}

// Becomes a shell, as the runner becomes a VMM, with a terminal where it had none.
std::string become_shell(std::string_view script) {
  const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
  ::dup2(nothing.get(), STDIN_FILENO);
  if (const auto ensured = ensure_terminal(); !ensured) return ensured.error().what;
  ::execl("/bin/sh", "sh", "-c", std::string(script).c_str(), nullptr);
  return "exec";
}

ChildOutcome shell(std::string_view script) {
  return in_child([&] { return become_shell(script); });
}

TEST(TerminalTest, StandardInputAndOutputAreOne) {
  const auto outcome = shell("[ -t 0 ] && [ -t 1 ] && echo both");
  EXPECT_TRUE(outcome.exited_with(0));
  EXPECT_EQ(outcome.text, "both\n");
}

TEST(TerminalTest, EveryByteComesOutAsItWentIn) {
  std::string octal;
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    octal += base::concat("\\0", byte / 64, byte / 8 % 8, byte % 8);
    all += static_cast<char>(byte);
  }
  EXPECT_EQ(shell(base::concat("printf %b '", octal, "'")).text, all);
}

TEST(TerminalTest, NothingIsLostWhenTheVmmEnds) {
  const std::string expected = many_lines();
  for (int round = 0; round < 5; ++round) ASSERT_EQ(shell(k_many_lines).text, expected) << round;
}

TEST(TerminalTest, NothingIsLostWhenTheWholeGroupIsToldToEnd) {
  const auto outcome = in_child([] {
    ::setpgid(0, 0);
    return become_shell("echo last words; kill -TERM 0");
  });
  EXPECT_TRUE(outcome.killed_by(SIGTERM));
  EXPECT_EQ(outcome.text, "last words\n");
}

TEST(TerminalTest, InputThatDoesNotBlockCostsNoOutput) {
  const auto outcome = in_child([]() -> std::string {
    const UniqueFd nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
    ::dup2(nothing.get(), STDIN_FILENO);
    if (!ensure_terminal()) return "failed";
    ::fcntl(STDIN_FILENO, F_SETFL, O_RDWR | O_NONBLOCK);
    return many_lines();  // through the terminal
  });
  EXPECT_EQ(outcome.text, many_lines());
}

// The far end of what a VMM writes to. Full, and not willing to wait, until somebody reads it.
struct SmallPipe {
  SmallPipe() {
    ::fcntl(pipe.writer.get(), F_SETPIPE_SZ, 4096);
    ::fcntl(pipe.writer.get(), F_SETFL, O_NONBLOCK);
  }

  pid_t start_shell(std::string_view script) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::dup2(pipe.writer.get(), STDOUT_FILENO);
      static_cast<void>(become_shell(script));
      ::_exit(125);
    }
    pipe.writer = UniqueFd();
    return child;
  }

  base::Pipe pipe = base::make_pipe().value();
};

TEST(TerminalTest, NothingIsLostOnASlowReader) {
  SmallPipe output;
  const pid_t child = output.start_shell(k_many_lines);
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  const std::string expected = many_lines();
  std::string text(expected.size() + 1, '\0');
  const auto size =
      base::read_up_to(output.pipe.reader.get(), std::as_writable_bytes(std::span(text)), "pipe");
  text.resize(size.value());
  EXPECT_EQ(text, expected);
  EXPECT_EQ(test_support::wait_for(child), 0);
}

TEST(TerminalTest, TheVmmGoesOnWhenNobodyReads) {
  SmallPipe output;
  const pid_t child = output.start_shell(k_many_lines);
  output.pipe.reader = UniqueFd();
  EXPECT_EQ(test_support::wait_for(child), 0);
}

TEST(TerminalTest, ATerminalThatIsThereStays) {
  const auto outcome = in_child([]() -> std::string {
    const UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ::unlockpt(master.get());
    const UniqueFd own(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
    ::dup2(own.get(), STDIN_FILENO);
    struct stat output_before{};
    struct stat output{};
    struct stat input{};
    struct stat expected{};
    ::fstat(STDOUT_FILENO, &output_before);
    if (!ensure_terminal()) return "failed";
    ::fstat(STDOUT_FILENO, &output);
    ::fstat(STDIN_FILENO, &input);
    ::fstat(own.get(), &expected);
    return input.st_rdev == expected.st_rdev && output.st_ino == output_before.st_ino ? "the same" : "others";
  });
  EXPECT_EQ(outcome.text, "the same");
}

}  // namespace
}  // namespace vmcred::runner
