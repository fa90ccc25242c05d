// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/companion.h"

#include <gmock/gmock.h>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using base::Result;
using test_support::in_child;
using testing::HasSubstr;
using testing::StartsWith;

// Is it gone, or a zombie that nobody asks for?
bool has_ended(pid_t process) {
  const auto status = base::read_text_file(base::concat("/proc/", process, "/stat"), 4096);
  return !status || status->find(") Z ") != std::string::npos;
}

bool ends_soon(pid_t process) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!has_ended(process) && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return has_ended(process);
}

Result<CompanionWork> wait_for_ever() {
  return CompanionWork([] {
    for (;;) ::pause();
  });
}

std::string start(const std::function<Result<CompanionWork>()>& prepare,
                  const std::optional<Identity>& identity = std::nullopt) {
  const auto started = start_companion(identity, prepare);
  if (started) return std::to_string(*started);
  return base::concat(static_cast<int>(started.error().kind), " ", started.error().what, " | ",
                      started.error().hint);
}

TEST(CompanionTest, EndsWithTheProcessThatStartedIt) {
  const auto outcome = in_child([] { return start(wait_for_ever); });
  ASSERT_TRUE(outcome.exited_with(0));
  EXPECT_TRUE(ends_soon(std::stoi(outcome.text))) << outcome.text;
}

TEST(CompanionTest, FollowsItsParentThroughExec) {
  const auto outcome = in_child([]() -> std::string {
    const std::string pid = start(wait_for_ever);
    const std::string script = base::concat("kill -0 ", pid, " && printf ", pid);
    ::execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    return "exec";
  });
  ASSERT_TRUE(outcome.exited_with(0)) << "it did not live on in the other program";
  EXPECT_TRUE(ends_soon(std::stoi(outcome.text)));
}

TEST(CompanionTest, WhyItCanNotBeginIsTold) {
  const auto outcome = in_child([] {
    return start([]() -> Result<CompanionWork> {
      return base::Error{.kind = ErrorKind::refused, .what = "no way", .hint = "another"};
    });
  });
  EXPECT_EQ(outcome.text, base::concat(static_cast<int>(ErrorKind::refused), " no way | another"));
}

constexpr std::string_view k_died = "a process beside the VM's ended before its work was begun";

TEST(CompanionTest, OneThatDiesWithoutAWordHasNotBegun) {
  const auto outcome = in_child([] {
    return start([]() -> Result<CompanionWork> {
      ::raise(SIGKILL);
      return wait_for_ever();
    });
  });
  EXPECT_THAT(outcome.text, HasSubstr(base::concat(k_died, " (signal 9)")));
}

TEST(CompanionTest, WorkThatDiesWithoutAWordIsNotDone) {
  for (const auto& die : {+[] { ::raise(SIGKILL); }, +[] { ::_exit(0); }}) {
    const auto outcome = in_child([&]() -> std::string {
      const auto done = do_as(std::nullopt, [&]() -> Result<void> {
        die();
        return {};
      });
      return done ? "done" : done.error().what;
    });
    EXPECT_THAT(outcome.text, StartsWith(k_died));
  }
}

TEST(CompanionTest, AnAttendantThatDiesWithoutAWordHasNotBegun) {
  const auto outcome = in_child([]() -> std::string {
    const auto attendant = start_attendant(std::nullopt, {}, [](base::UniqueFd) -> Result<CompanionWork> {
      ::raise(SIGKILL);
      return wait_for_ever();
    });
    const auto begun = attendant->wait_until_it_begins();
    return begun ? "begun" : begun.error().what;
  });
  EXPECT_EQ(outcome.text, k_died);
}

TEST(CompanionTest, TheTextOfItsWorkArrives) {
  const auto outcome = in_child([]() -> std::string {
    return text_as(std::nullopt, []() -> Result<std::string> { return std::string("a text"); }).value();
  });
  EXPECT_EQ(outcome.text, "a text");
}

TEST(CompanionTest, AProgramThatItBecomesNeedsNoWords) {
  const auto outcome = in_child([]() -> std::string {
    const auto begun = start_companion_program(std::nullopt, [] {
      ::execl("/bin/sleep", "sleep", "100", nullptr);
      return base::errno_error("sleep");
    });
    return begun && !has_ended(*begun) ? "runs" : "failed";
  });
  EXPECT_EQ(outcome.text, "runs");
}

TEST(CompanionTest, HoldsNoDescriptorOfOurs) {
  const test_support::TemporaryDirectory tree;
  const std::string found = tree.path("found");
  const auto outcome = in_child([&] {
    const int leaked = ::open("/proc/self/status", O_RDONLY);  // without close-on-exec
    static_cast<void>(leaked);
    return start([&]() -> Result<CompanionWork> {
      std::string names;
      for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code failure;
        names += std::filesystem::read_symlink(entry, failure).string() + "\n";
      }
      VMCRED_TRY(
          base::write_text_file_atomically(found, names + std::filesystem::current_path().string(), 0644));
      return wait_for_ever();
    });
  });
  ASSERT_TRUE(outcome.exited_with(0)) << outcome.text;
  const std::string names = test_support::read_file(found);
  EXPECT_THAT(names, testing::Not(HasSubstr("/status")));
  EXPECT_THAT(names, StartsWith("/dev/null\n/dev/null\n"));
  EXPECT_THAT(names, testing::EndsWith("\n/"));
}

TEST(CompanionTest, BecomesTheVmsUser) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  ASSERT_EQ(::chmod(tree.path().c_str(), 0777), 0);
  const auto outcome = in_child([&] {
    const Identity user{.name = "x", .uid = 4711, .gid = 4712, .groups = {4712}};
    return start(
        [&]() -> Result<CompanionWork> {
          VMCRED_TRY(base::write_text_file_atomically(tree.path("mine"), "", 0600));
          return wait_for_ever();
        },
        user);
  });
  ASSERT_TRUE(outcome.exited_with(0)) << outcome.text;
  EXPECT_EQ(test_support::status_of(tree.path("mine")).st_uid, 4711U);
  EXPECT_TRUE(ends_soon(std::stoi(outcome.text))) << "its change of user made it forget its parent";
}

}  // namespace
}  // namespace vmcred::runner
