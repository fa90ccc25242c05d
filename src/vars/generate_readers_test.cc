// SPDX-License-Identifier: Apache-2.0
// Who can read what a run has made, also when the config changes.
#include <gmock/gmock.h>

#include "support/generate.h"

namespace vmcred::vars {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class GenerateReaders : public GenerateTest {};
INSTANTIATE_TEST_SUITE_P(Backends, GenerateReaders,
                         testing::Values(store::Backend::sops, store::Backend::age), backend_name);

TEST_P(GenerateReaders, GivesALateMachineAccessToASharedSecretWithTheValueUnchanged) {
  constexpr std::string_view k_rest = "share = true\nfiles.key.kind = 'hex:16'\n";
  configure(base::concat("[generators.s]\nmachines = ['a']\n", k_rest));
  run();
  const std::string key = value("shared/s/key");
  configure(base::concat("[generators.s]\nmachines = ['a', 'b']\n", k_rest), {"other"});
  EXPECT_THAT(m_repository.check().access, SizeIs(1));
  EXPECT_THAT(run(), IsEmpty());
  EXPECT_THAT(m_repository.fixed, ElementsAre("shared/s/key"));
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(value("shared/s/key"), key);
  const auto access =
      m_repository.store().access({.generator = {.placement = {}, .generator = "s"}, .file = "key"},
                                  {.deploy = true, .machines = {"a", "b"}});
  ASSERT_TRUE(access);
  EXPECT_THAT(access->actual, Not(Contains(HasSubstr("other"))));
}

TEST_P(GenerateReaders, TakesAccessFromMachinesWhenDeployBecomesFalse) {
  configure("[generators.s]\nshare = true\nmachines = ['a']\nfiles.key.kind = 'hex:16'\n");
  run();
  const std::string key = value("shared/s/key");
  configure(
      "[generators.s]\nshare = true\nmachines = ['a']\nfiles.key = { kind = 'hex:16', deploy = false }\n");
  run();
  EXPECT_THAT(m_repository.fixed, ElementsAre("shared/s/key"));
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(value("shared/s/key"), key);
}

TEST_P(GenerateReaders, SwitchingShareGivesNewValuesAndRemovesTheOldOnes) {
  constexpr std::string_view k_rest = "machines = ['a', 'b']\nvalidation = 1\nfiles.key.kind = 'hex:16'\n";
  configure(base::concat("[generators.s]\n", k_rest));
  run();
  const std::string before = value("per-machine/a/s/key");
  configure(base::concat("[generators.s]\nshare = true\n", k_rest));
  EXPECT_THAT(run(), ElementsAre("shared/s missing"));
  EXPECT_NE(value("shared/s/key"), before);
  for (const auto& [path, content] : m_repository.files())
    EXPECT_THAT(path, Not(HasSubstr("per-machine/a/s"))) << path;
  configure(base::concat("[generators.s]\n", k_rest));
  run();
  EXPECT_THAT(m_repository.store().list().value(), SizeIs(2));
}

TEST_P(GenerateReaders, OnlyTheMachinesThatUseASharedSecretReadIt) {
  configure(k_shared_and_local);
  run();
  for (const DeclaredVar& var : m_repository.declared().vars()) {
    if (!var.file->secret) continue;
    const auto access = m_repository.store().access(var.id(), var.audience());
    ASSERT_TRUE(access) << access.error().what;
    EXPECT_TRUE(access->right()) << store::path_of(var.id());
    if (var.generator->id.generator != "ca") continue;
    // They only depend on it, and it is not deployed.
    EXPECT_THAT(access->actual, Not(Contains(HasSubstr("machine")))) << store::path_of(var.id());
  }
}

TEST_P(GenerateReaders, AMachineThatOnlyDependsOnASharedSecretDoesNotReadIt) {
  configure(
      "[generators.seed]\nshare = true\nfiles.key.kind = 'hex:16'\n"
      "[generators.leaf]\nmachines = ['a']\ndependencies = ['seed']\nfiles.x = {}\n"
      "script = 'sha256sum $in/seed/key > $out/x'\n");
  EXPECT_THAT(run(), SizeIs(2));
  const DeclaredVar key = m_repository.declared().vars().back();
  ASSERT_EQ(store::path_of(key.id()), "shared/seed/key");
  const auto access = m_repository.store().access(key.id(), key.audience());
  ASSERT_TRUE(access) << access.error().what;
  EXPECT_THAT(access->actual, Not(Contains(HasSubstr("machine"))));
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(GenerateReaders, CheckReadsNoSecretAndModifiesNothing) {
  configure(k_shared_and_local);
  run();
  const auto files = m_repository.files();
  EXPECT_TRUE(m_repository.check().good());
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(GenerateReaders, ASecretThatBecomesPublicAndBack) {
  configure("[generators.g]\nmachines = ['a']\nfiles.x = { kind = 'uuid', secret = false }\n");
  run();
  const std::string open = value("per-machine/a/g/x");
  configure("[generators.g]\nmachines = ['a']\nfiles.x.kind = 'uuid'\n");
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g missing"));
  for (const auto& [path, content] : m_repository.files()) EXPECT_NE(content, open) << path;
  configure("[generators.g]\nmachines = ['a']\nfiles.x = { kind = 'uuid', secret = false }\n");
  EXPECT_THAT(run(), ElementsAre("per-machine/a/g missing"));
  EXPECT_EQ(value("per-machine/a/g/x").size(), 36U);
  EXPECT_TRUE(m_repository.check().good());
}

}  // namespace
}  // namespace vmcred::vars
