// SPDX-License-Identifier: Apache-2.0
// Runs that fail or are killed: nothing has changed.
#include <gmock/gmock.h>
#include <unistd.h>
#include <csignal>
#include <random>

#include "store/transaction.h"
#include "support/child.h"
#include "support/generate.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

class GenerateFailure : public GenerateTest {};
INSTANTIATE_TEST_SUITE_P(Backends, GenerateFailure,
                         testing::Values(store::Backend::sops, store::Backend::age), backend_name);

TEST_P(GenerateFailure, ChangesNothingWhenAScriptFails) {
  configure(k_shared_and_local);
  run();
  const auto files = m_repository.files();
  configure(base::concat(k_shared_and_local,
                         "[generators.bad]\nmachines = ['a']\ndependencies = ['leaf']\nfiles.x = {}\n"
                         "script = 'echo 1 > $out/x; exit 3'\n"));
  EXPECT_THAT(run({.generators = {"ca"}}),
              ElementsAre("error: generator 'per-machine/a/bad': the script failed with exit code 3"));
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(GenerateFailure, NamesTheOutputThatAScriptDidNotMake) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\nscript = 'true'\n");
  EXPECT_THAT(run(), ElementsAre("error: generator 'per-machine/a/g': the script left no file 'x'"));
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\nscript = ': > $out/x'\n");
  EXPECT_THAT(run(), ElementsAre("error: generator 'per-machine/a/g': the script left nothing as file 'x'"));
}

TEST_P(GenerateFailure, SaysWhatIsMissingForAFileThatNothingMakes) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = {}\n");
  EXPECT_THAT(run(), ElementsAre("error: generator 'g' has neither a script nor a kind for file 'x'"));
}

// Killed at any moment: what is there belongs together, and the same command finishes.
TEST_P(GenerateFailure, LeavesTheOldOrTheNewStateWhenItIsKilled) {
  configure(k_shared_and_local);
  run();
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 8; ++round) {
    const pid_t child = ::fork();
    if (child == 0) {
      m_repository.load_keyring();  // ours is empty after a fork
      run({.regenerate = true});
      ::_exit(0);
    }
    ::usleep(static_cast<useconds_t>(random() % 600'000));
    ::kill(child, SIGKILL);
    test_support::wait_for(child);
    ASSERT_TRUE(store::recover(m_repository.path(".")));
    const std::string pair = value("shared/ca/key") + value("shared/ca/cert");
    EXPECT_EQ(value("per-machine/a/leaf/pair"), pair);
    EXPECT_EQ(value("per-machine/b/leaf/pair"), pair);
    EXPECT_TRUE(m_repository.check().good());
  }
  EXPECT_THAT(run({.regenerate = true}), SizeIs(5));
}

}  // namespace
}  // namespace vmcred::vars
