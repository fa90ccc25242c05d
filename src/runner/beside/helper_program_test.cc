// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/helper_program.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using test_support::ChildOutcome;
using test_support::in_child;
using testing::HasSubstr;

// The process under test is the runner, or the VMM that it has become, which lives a while.
class HelperProgramTest : public testing::Test {
 protected:
  ChildOutcome run_with(const std::string& script, int lifetime_ms) const {
    const HelperProgram helper{
        .name = "virtiofsd of share 'home'",
        .program = "/usr/bin/python3",
        .arguments = {"-c", base::concat("import os, socket, sys, time\n", script), m_socket},
        .socket = m_socket};
    return in_child([&]() -> std::string {
      ::dup2(STDOUT_FILENO, STDERR_FILENO);
      ::setenv("CANARY", "1", 1);
      const auto attendant = start_helper(helper, "web", std::nullopt);
      if (!attendant) return attendant.error().what;
      if (const auto begun = attendant->wait_until_it_begins(); !begun) return begun.error().what;
      ::usleep(static_cast<useconds_t>(lifetime_ms) * 1000);
      return "still here";
    });
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_socket = m_tree.path("virtiofs-home.sock");
  const std::string k_listen = "s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1]); s.listen()\n";
};

TEST_F(HelperProgramTest, ItRunsUntilTheVmmEnds) {
  const auto outcome =
      run_with(k_listen + "open(sys.argv[1] + '.pid', 'w').write(str(os.getpid()))\ntime.sleep(100)", 1000);
  EXPECT_EQ(outcome.text, "still here");
  const pid_t helper = std::stoi(test_support::read_file(m_socket + ".pid"));
  int waited = 0;
  while (::kill(helper, 0) == 0 && waited++ < 2000) ::usleep(5000);
  EXPECT_LT(waited, 2000) << "it outlives its VMM";
}

TEST_F(HelperProgramTest, OneThatEndsEndsTheVmmAndSaysWhy) {
  const auto outcome = run_with(k_listen + "time.sleep(0.2); sys.exit(3)", 20'000);
  EXPECT_TRUE(outcome.killed_by(SIGKILL));
  EXPECT_EQ(outcome.text, "vmcred: error: vm 'web': virtiofsd of share 'home' ended (exit code 3)\n");
}

TEST_F(HelperProgramTest, OneThatEndsBeforeItListensFailsTheStart) {
  const auto outcome = run_with("sys.exit(4)", 20'000);
  EXPECT_TRUE(outcome.exited_with(0));
  EXPECT_EQ(outcome.text, "virtiofsd of share 'home' ended (exit code 4)");
}

TEST_F(HelperProgramTest, ItSeesNothingOfOurEnvironment) {
  const auto outcome = run_with("sys.exit(7 if 'CANARY' in os.environ else 5)", 20'000);
  EXPECT_THAT(outcome.text, HasSubstr("exit code 5"));
}

}  // namespace
}  // namespace vmcred::runner
