// SPDX-License-Identifier: Apache-2.0
// What is told of a change by hand: enough to see what it does, and no byte of a secret.
#include "vars/change.h"

#include <gmock/gmock.h>

#include "support/repository.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view k_changing = R"toml(
[generators.g]
files.key.kind = "uuid"
files.open = { kind = "uuid", secret = false }
[generators.leaf]
dependencies = ["g"]
files.copy = {}
script = 'cat $in/g/key > $out/copy'
[vms.web]
kernel = "k"
secrets.copy = { generator = "leaf" }
secrets.key = { generator = "g", file = "key" }
)toml";

class ChangeTest : public RepositoryTest {
 protected:
  void SetUp() override { m_repository.configure(k_changing); }

  // Stages and forgets.
  ChangeReport report_of(std::string_view file, std::string_view text) {
    const Workshop workshop = m_repository.workshop();
    const auto var = m_repository.declared().var_named("web", base::concat("g/", file));
    EXPECT_TRUE(var);
    auto transaction = store::Transaction::preview(m_repository.path("."));
    EXPECT_TRUE(transaction);
    const NewValue value{.var = *var, .bytes = bytes_of(text)};
    auto report = set_values(workshop, *transaction, {&value, 1});
    EXPECT_TRUE(report) << report.error().what;
    return *std::move(report);
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, ChangeTest, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

TEST_P(ChangeTest, ANewSecretIsNamedAndNotShown) {
  const ChangeReport report = report_of("key", "canary");
  ASSERT_THAT(report.vars, SizeIs(1));
  EXPECT_TRUE(report.vars.front().is_new);
  EXPECT_EQ(report.vars.front().before + report.vars.front().after, "");
  EXPECT_THAT(report.stale, IsEmpty()) << "nothing was made from it yet";
}

TEST_P(ChangeTest, AChangedSecretIsNotShownAndLeavesItsDependentsBehind) {
  m_repository.generate();
  const auto files = m_repository.files();
  const ChangeReport report = report_of("key", "canary");
  ASSERT_THAT(report.vars, SizeIs(1));
  EXPECT_FALSE(report.vars.front().is_new);
  EXPECT_EQ(report.vars.front().before + report.vars.front().after, "");
  ASSERT_THAT(report.stale, SizeIs(1));
  EXPECT_EQ(store::path_of(report.stale.front()), "per-machine/web/leaf");
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(ChangeTest, AnOpenValueIsShownBeforeAndAfter) {
  m_repository.generate();
  const std::string before = m_repository.value("per-machine/web/g/open");
  const ChangeReport report = report_of("open", "after");
  ASSERT_THAT(report.vars, SizeIs(1));
  EXPECT_EQ(report.vars.front().before, before);
  EXPECT_EQ(report.vars.front().after, "after");
}

TEST_P(ChangeTest, ReadersThatComeAreNamed) {
  m_repository.configure(
      "[generators.g]\nshare = true\nfiles.key.kind = 'uuid'\n"
      "[vms.web]\nkernel = 'k'\nsecrets.key = { generator = 'g' }\n");
  m_repository.generate();
  m_repository.configure(
      "[generators.g]\nshare = true\nfiles.key.kind = 'uuid'\n"
      "[vms.web]\nkernel = 'k'\nsecrets.key = { generator = 'g' }\n"
      "[vms.db]\nkernel = 'k'\nsecrets.key = { generator = 'g' }\n");
  const ChangeReport report = report_of("key", "canary");
  ASSERT_THAT(report.vars, SizeIs(1));
  EXPECT_THAT(report.vars.front().added, ElementsAre("machine db"));
  EXPECT_THAT(report.vars.front().removed, IsEmpty());
}

TEST_P(ChangeTest, WhatIsThereAlreadyIsNoChange) {
  m_repository.generate();
  EXPECT_THAT(report_of("key", m_repository.value("per-machine/web/g/key")).vars, IsEmpty());
}

}  // namespace
}  // namespace vmcred::vars
