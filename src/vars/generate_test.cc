// SPDX-License-Identifier: Apache-2.0
// What runs: whole runs on a real store. Names follow the behaviour that users of clan vars know, and where
// ours is better.
#include <gmock/gmock.h>

#include "support/generate.h"

namespace vmcred::vars {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class Generate : public GenerateTest {};
INSTANTIATE_TEST_SUITE_P(Backends, Generate, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

TEST_P(Generate, GeneratesPublicAndSecretVars) {
  configure(k_shared_and_local);
  EXPECT_THAT(m_repository.check().missing, SizeIs(6));
  EXPECT_EQ(value("shared/ca/key"), "(none)");
  EXPECT_THAT(run(),
              ElementsAre("per-machine/a/alone missing", "per-machine/b/alone missing", "shared/ca missing",
                          "per-machine/a/leaf missing", "per-machine/b/leaf missing"))
      << "by placement, but dependencies first";
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(value("per-machine/a/leaf/pair"), value("shared/ca/key") + value("shared/ca/cert"));
  EXPECT_EQ(value("shared/ca/cert"), "cert " + value("shared/ca/key"));
  EXPECT_EQ(test_support::read_file(m_repository.path("vars/shared/ca/cert/value")), value("shared/ca/cert"));
}

TEST_P(Generate, KeepsSeparateValuesForTheSameGeneratorOnTwoMachines) {
  configure(k_shared_and_local);
  run();
  EXPECT_NE(value("per-machine/a/alone/token"), value("per-machine/b/alone/token"));
}

TEST_P(Generate, DoesNothingTheSecondTime) {
  configure(k_shared_and_local);
  run();
  const auto files = m_repository.files();
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_THAT(m_repository.progress.started, IsEmpty());
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Generate, RegeneratesADependencyWithItsDependentsOnAllMachines) {
  configure(k_shared_and_local);
  run();
  const std::string alone = value("per-machine/a/alone/token");
  const std::string key = value("shared/ca/key");
  EXPECT_THAT(
      run({.machines = {"a"}, .generators = {"ca"}}),
      ElementsAre("shared/ca requested", "per-machine/a/leaf dependent", "per-machine/b/leaf dependent"));
  EXPECT_NE(value("shared/ca/key"), key);
  EXPECT_THAT(value("per-machine/b/leaf/pair"), StartsWith(value("shared/ca/key")));
  EXPECT_EQ(value("per-machine/a/alone/token"), alone) << "who does not depend on it keeps its value";
}

TEST_P(Generate, GeneratesDependentsOfAChosenGeneratorOnACleanSlate) {
  configure(k_shared_and_local);
  EXPECT_THAT(run({.generators = {"ca"}}),
              ElementsAre("shared/ca requested", "per-machine/a/leaf missing", "per-machine/b/leaf missing"));
}

TEST_P(Generate, TakesSeveralGenerators) {
  configure(k_shared_and_local);
  run();
  EXPECT_THAT(run({.machines = {"b"}, .generators = {"alone", "leaf"}}),
              ElementsAre("per-machine/b/alone requested", "per-machine/b/leaf requested"));
}

TEST_P(Generate, RegeneratesEverythingOfTheRequestedMachines) {
  configure(k_shared_and_local);
  run();
  const std::string other = value("per-machine/b/alone/token");
  EXPECT_THAT(run({.machines = {"a"}, .regenerate = true}),
              ElementsAre("per-machine/a/alone requested", "shared/ca requested",
                          "per-machine/a/leaf requested", "per-machine/b/leaf dependent"));
  EXPECT_EQ(value("per-machine/b/alone/token"), other);
}

TEST_P(Generate, PullsInADependencyThatIsMissingElsewhere) {
  configure(k_shared_and_local);
  EXPECT_THAT(run({.machines = {"b"}, .generators = {"leaf"}}), Contains("shared/ca missing"));
  EXPECT_EQ(value("per-machine/b/leaf/pair"), value("shared/ca/key") + value("shared/ca/cert"));
}

TEST_P(Generate, ASecondMachineDoesNotRegenerateASharedSecret) {
  configure(k_shared_and_local);
  run({.machines = {"a"}});
  const std::string key = value("shared/ca/key");
  run({.machines = {"b"}});
  EXPECT_EQ(value("shared/ca/key"), key);
}

TEST_P(Generate, PlanTellsWhatARunWouldDoAndChangesNothing) {
  configure(k_shared_and_local);
  const auto files = m_repository.files();
  const auto plan = vars::plan(m_repository.workshop(), {.machines = {"a"}});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->runs, SizeIs(4)) << "with the dependents on b";
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Generate, UnknownNamesAreErrors) {
  configure(k_shared_and_local, {"web"});
  EXPECT_THAT(run({.machines = {"wbe"}}), ElementsAre(StartsWith("error: no vm or machine 'wbe' in ")));
  EXPECT_THAT(run({.generators = {"leef"}}), ElementsAre(HasSubstr("no generator 'leef'")));
  EXPECT_THAT(run({.generators = {"leef"}}), ElementsAre(HasSubstr("(did you mean 'leaf'?)")));
  EXPECT_THAT(run({.machines = {"web"}, .generators = {"leaf"}}),
              ElementsAre("error: generator 'leaf' is not needed by web"));
}

}  // namespace
}  // namespace vmcred::vars
