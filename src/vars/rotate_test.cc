// SPDX-License-Identifier: Apache-2.0
#include "vars/rotate.h"

#include <gmock/gmock.h>

#include "store/transaction.h"
#include "support/repository.h"
#include "vars/change.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view k_rotating = R"toml(
[generators.root]
share = true
files.key = { kind = "hex:16", restart_units = ["gate.service"] }
[generators.leaf]
dependencies = ["root"]
files.pair = { restart_units = ["web.service"] }
files.constant = {}
script = 'cat $in/root/key > $out/pair; echo constant > $out/constant'
[vms.web]
kernel = "k"
secrets.pair = { generator = "leaf" }
secrets.token = { random = "hex:4" }
secrets.file = { path = "/x" }
[vms.db]
kernel = "k"
secrets.root = { generator = "root", file = "key" }
)toml";

class Rotate : public RepositoryTest {
 protected:
  void SetUp() override {
    m_repository.configure(k_rotating);
    ASSERT_THAT(m_repository.generate(), SizeIs(3));
  }

  base::Result<Rotation> rotate(std::string_view vm, std::string_view secret, Preview preview = Preview::no) {
    return vars::rotate(m_repository.workshop(), vm, secret, m_repository.prompts, m_repository.progress,
                        preview);
  }
  base::Result<Rotation> rollback(std::string_view vm, std::string_view secret) {
    return vars::rollback(m_repository.workshop(), vm, secret, Preview::no);
  }
  std::string value(std::string_view id) { return m_repository.value(id); }

  static std::vector<std::string> paths(const std::vector<store::GeneratorId>& ids) {
    std::vector<std::string> texts;
    for (const auto& id : ids) texts.push_back(store::path_of(id));
    return texts;
  }

  void set(std::string_view id, std::string_view text) {
    const Workshop workshop = m_repository.workshop();
    for (const DeclaredVar& var : m_repository.declared().vars()) {
      if (store::path_of(var.id()) != id) continue;
      auto transaction = store::Transaction::begin(m_repository.path("."));
      ASSERT_TRUE(transaction);
      const NewValue change{.var = var, .bytes = bytes_of(text)};
      const auto staged = set_values(workshop, *transaction, {&change, 1});
      ASSERT_TRUE(staged) << staged.error().what;
      ASSERT_TRUE(transaction->commit("set"));
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, Rotate, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

TEST_P(Rotate, GivesNewValuesToASecretAndItsDependents) {
  const std::string root = value("shared/root/key");
  const std::string token = value("per-machine/web/token/token");
  const auto rotation = rotate("db", "root");
  ASSERT_TRUE(rotation) << rotation.error().what;
  EXPECT_THAT(paths(rotation->generators), ElementsAre("shared/root", "per-machine/web/leaf"));
  EXPECT_THAT(rotation->affected.vms,
              ElementsAre(Affected::Machine{"web", {"pair"}}, Affected::Machine{"db", {"root"}}));
  EXPECT_THAT(rotation->affected.units, ElementsAre("gate.service", "web.service"));
  EXPECT_NE(value("shared/root/key"), root);
  EXPECT_EQ(value("per-machine/web/leaf/pair"), value("shared/root/key"));
  EXPECT_EQ(value("per-machine/web/token/token"), token);
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(Rotate, WithoutASecretTakesAllThatAreMade) {
  const auto rotation = rotate("web", "");
  ASSERT_TRUE(rotation) << rotation.error().what;
  EXPECT_THAT(paths(rotation->generators), ElementsAre("per-machine/web/token", "per-machine/web/leaf"));
}

TEST_P(Rotate, APreviewChangesNothing) {
  const auto files = m_repository.files();
  EXPECT_THAT(paths(rotate("db", "root", Preview::yes)->generators),
              ElementsAre("shared/root", "per-machine/web/leaf"));
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Rotate, RollbackGoesBackAndForth) {
  const std::string before = value("shared/root/key");
  ASSERT_TRUE(rotate("db", "root"));
  const std::string after = value("shared/root/key");
  const auto back = rollback("db", "root");
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_THAT(paths(back->generators), ElementsAre("shared/root", "per-machine/web/leaf"));
  EXPECT_THAT(back->affected.vms, SizeIs(2));
  EXPECT_EQ(value("shared/root/key"), before);
  EXPECT_EQ(value("per-machine/web/leaf/pair"), before);
  EXPECT_EQ(value("per-machine/web/leaf/constant"), "constant\n")
      << "what did not change has no way back, nor needs it";
  EXPECT_TRUE(m_repository.check().good());
  ASSERT_TRUE(rollback("db", "root"));
  EXPECT_EQ(value("shared/root/key"), after);
  EXPECT_EQ(value("per-machine/web/leaf/pair"), after);
}

TEST_P(Rotate, RollbackTellsOfDependentsThatWentAnotherWay) {
  ASSERT_TRUE(rotate("db", "root"));
  m_repository.generate({.generators = {"leaf"}});  // loses its way back
  const auto back = rollback("db", "root");
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_THAT(paths(back->generators), ElementsAre("shared/root"));
  EXPECT_THAT(paths(back->stale), ElementsAre("per-machine/web/leaf"));
  EXPECT_THAT(m_repository.generate(), ElementsAre("per-machine/web/leaf stale"));
  EXPECT_EQ(value("per-machine/web/leaf/pair"), value("shared/root/key"));
}

TEST_P(Rotate, RollbackNeedsAPreviousVersion) {
  const auto files = m_repository.files();
  EXPECT_EQ(rollback("db", "root").error().what, "generator 'shared/root' has no previous version");
  EXPECT_EQ(m_repository.files(), files);
  ASSERT_TRUE(rotate("db", "root"));
  m_repository.generate({.generators = {"root"}});
  EXPECT_FALSE(rollback("db", "root")) << "a later run takes the way back away";
}

TEST_P(Rotate, NamesWhatItCanNotRotate) {
  EXPECT_EQ(rotate("web", "file").error().what,
            "vm 'web': secret 'file' is a file of the host, which vmcred does not make");
  EXPECT_EQ(rotate("web", "tokn").error().what, "vm 'web' has no secret 'tokn' (did you mean 'token'?)");
  EXPECT_FALSE(rotate("wbe", ""));
}

TEST_P(Rotate, ASetValueMakesDependentsStale) {
  set("shared/root/key", "by hand");
  EXPECT_THAT(m_repository.check().stale, SizeIs(1));
  EXPECT_THAT(m_repository.generate(), ElementsAre("per-machine/web/leaf stale"));
  EXPECT_EQ(value("per-machine/web/leaf/pair"), "by hand");
  EXPECT_EQ(value("shared/root/key"), "by hand");
  EXPECT_THAT(m_repository.generate(), IsEmpty());
}

TEST_P(Rotate, SettingWhatIsThereChangesNothing) {
  const auto files = m_repository.files();
  set("shared/root/key", value("shared/root/key"));
  EXPECT_EQ(m_repository.files(), files);
}

TEST_P(Rotate, ASetValueMakesDependentsStaleThatNobodyHasNoted) {
  // As another program leaves them.
  for (const char* path : {"shared/root", "per-machine/web/leaf"})
    std::filesystem::remove(m_repository.path(base::concat("vars/", path, "/.version")));
  EXPECT_THAT(m_repository.generate(), IsEmpty());
  set("shared/root/key", "by hand");
  EXPECT_THAT(m_repository.generate(), ElementsAre("per-machine/web/leaf stale"));
}

TEST_P(Rotate, WhatIsBroughtTogetherIsNotStale) {
  const Workshop workshop = m_repository.workshop();
  std::vector<NewValue> values;
  for (const DeclaredVar& var : m_repository.declared().vars()) values.push_back({var, bytes_of("brought")});
  {
    auto transaction = store::Transaction::begin(m_repository.path("."));
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(set_values(workshop, *transaction, values));
    ASSERT_TRUE(transaction->commit("import"));
  }
  EXPECT_EQ(value("per-machine/web/leaf/pair"), "brought");
  EXPECT_THAT(m_repository.generate(), IsEmpty());
}

TEST_P(Rotate, FixingAccessMakesNothingStale) {
  m_repository.configure(base::concat(
      k_rotating, "[vms.late]\nkernel = 'k'\nsecrets.x = { generator = 'root', file = 'key' }\n"));
  EXPECT_THAT(m_repository.generate(), IsEmpty());
  EXPECT_THAT(m_repository.fixed, SizeIs(1));
  EXPECT_TRUE(m_repository.check().good());
}

}  // namespace
}  // namespace vmcred::vars
