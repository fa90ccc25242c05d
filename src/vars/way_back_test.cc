// SPDX-License-Identifier: Apache-2.0
// After any change, a rollback brings back exactly the values from before it, and the versions say so.
#include "vars/way_back.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <random>

#include "store/repository_lock.h"
#include "support/repository.h"
#include "vars/change.h"
#include "vars/rotate.h"

namespace vmcred::vars {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::string_view k_two_secrets = R"toml(
[generators.pair]
files.x.kind = "uuid"
files.y.kind = "uuid"
files.open = { kind = "uuid", secret = false }
[generators.leaf]
dependencies = ["pair"]
files.copy = {}
script = 'cat $in/pair/x > $out/copy; date +%N >> $out/copy'
[generators.fixed]
files.x = {}
script = 'echo constant > $out/x'
[vms.web]
kernel = "k"
secrets.x = { generator = "pair", file = "x" }
secrets.copy = { generator = "leaf" }
secrets.fixed = { generator = "fixed", file = "x" }
)toml";

const store::GeneratorId k_pair = {.placement = {.kind = store::Placement::Kind::per_machine, .name = "web"},
                                   .generator = "pair"};

using Values = std::map<std::string, std::string>;

class WayBackTest : public RepositoryTest {
 protected:
  void SetUp() override {
    m_repository.configure(k_two_secrets);
    ASSERT_THAT(m_repository.generate(), SizeIs(3));
  }

  void rotate(std::string_view secret) {
    const auto done = vars::rotate(m_repository.workshop(), "web", secret, m_repository.prompts,
                                   m_repository.progress, Preview::no);
    ASSERT_TRUE(done) << done.error().what;
  }
  base::Result<Rotation> rollback(std::string_view secret, Preview preview = Preview::no) {
    return vars::rollback(m_repository.workshop(), "web", secret, preview);
  }

  // By "pair/x".
  void set(const Values& texts) {
    const Workshop workshop = m_repository.workshop();
    std::vector<NewValue> values;
    for (const DeclaredVar& var : m_repository.declared().vars())
      for (const auto& [name, text] : texts)
        if (store::path_of(var.id()) == "per-machine/web/" + name) values.push_back({var, bytes_of(text)});
    ASSERT_EQ(values.size(), texts.size());
    auto transaction = store::Transaction::begin(m_repository.path("."));
    ASSERT_TRUE(transaction);
    const auto staged = set_values(workshop, *transaction, values);
    ASSERT_TRUE(staged) << staged.error().what;
    ASSERT_TRUE(transaction->commit("set"));
  }

  // Of one generator.
  Values values(std::string_view generator) {
    Values found;
    for (const DeclaredVar& var : m_repository.declared().vars())
      if (var.generator->id.generator == generator)
        found[var.file->name] = m_repository.value(store::path_of(var.id()));
    return found;
  }
  std::string version_of_pair() { return *Versions(m_repository.vars_path()).version_of(k_pair); }

  // Is exactly that kept in the store which the version files name?
  void check_that_versions_tell_what_is_kept() {
    store::Store& store = m_repository.store();
    for (const DeclaredVar& var : m_repository.declared().vars()) {
      const auto file = Versions(m_repository.vars_path()).read(var.generator->id);
      ASSERT_TRUE(file);
      const bool named =
          *file && (*file)->previous &&
          std::ranges::find((*file)->previous->files, var.file->name) != (*file)->previous->files.end();
      EXPECT_EQ(store.has_previous(var.id()), named) << store::path_of(var.id());
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Backends, WayBackTest, testing::Values(store::Backend::sops, store::Backend::age),
                         backend_name);

TEST_P(WayBackTest, ASetValueGoesBackAndForth) {
  const Values before = values("pair");
  const std::string version = version_of_pair();
  set({{"pair/x", "by hand"}});
  check_that_versions_tell_what_is_kept();
  EXPECT_THAT(m_repository.check().stale, SizeIs(1));
  ASSERT_TRUE(rollback("x"));
  EXPECT_EQ(values("pair"), before);
  EXPECT_EQ(version_of_pair(), version);
  EXPECT_TRUE(m_repository.check().good()) << "what was made from the old value is right again";
  ASSERT_TRUE(rollback("x"));
  EXPECT_EQ(values("pair").at("x"), "by hand");
  EXPECT_THAT(m_repository.check().stale, SizeIs(1));
}

TEST_P(WayBackTest, SettingOneFileAfterARotationGoesBackToTheRotatedValues) {
  rotate("x");
  const Values rotated = values("pair");
  set({{"pair/x", "by hand"}});
  check_that_versions_tell_what_is_kept();
  ASSERT_TRUE(rollback("x"));
  EXPECT_EQ(values("pair"), rotated);
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(WayBackTest, ARotationThatChangesNothingLeavesTheWayBack) {
  set({{"fixed/x", "by hand"}});
  rotate("fixed");
  rotate("fixed");
  check_that_versions_tell_what_is_kept();
  ASSERT_TRUE(rollback("fixed"));
  EXPECT_THAT(values("fixed"), ElementsAre(testing::Pair("x", "by hand")));
}

TEST_P(WayBackTest, WhereAValueWasNotThereThereIsNone) {
  rotate("x");
  std::string config(k_two_secrets);
  m_repository.configure(config.insert(config.find("files.y"), "files.z.kind = 'uuid'\n"));
  set({{"pair/z", "new"}, {"pair/x", "by hand"}});
  check_that_versions_tell_what_is_kept();
  const auto back = rollback("x");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().what, "generator 'per-machine/web/pair' has no previous version");
  EXPECT_EQ(values("pair").at("x"), "by hand");
}

TEST_P(WayBackTest, ARunTakesItAwayFromAllFiles) {
  rotate("x");
  m_repository.generate({.generators = {"pair"}});
  check_that_versions_tell_what_is_kept();
  EXPECT_FALSE(m_repository.store().has_previous({.generator = k_pair, .file = "x"}));
}

TEST_P(WayBackTest, ADependentThatWasChangedBeforeStaysAsItIs) {
  rotate("copy");
  const Values copy = values("leaf");
  set({{"pair/x", "by hand"}});
  const auto back = rollback("x");
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_THAT(back->generators, ElementsAre(k_pair));
  EXPECT_EQ(values("leaf"), copy);
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(WayBackTest, WhatWasInvalidIsInvalidAgain) {
  m_repository.configure(
      "[generators.g]\nmachines = ['web']\nvalidation = 1\nfiles.x.kind = 'uuid'\n"
      "[vms.web]\nkernel = 'k'\nsecrets.x = { generator = 'g' }\n");
  m_repository.generate();
  m_repository.configure(
      "[generators.g]\nmachines = ['web']\nvalidation = 2\nfiles.x.kind = 'uuid'\n"
      "[vms.web]\nkernel = 'k'\nsecrets.x = { generator = 'g' }\n");
  rotate("x");
  EXPECT_TRUE(m_repository.check().good());
  ASSERT_TRUE(rollback("x"));
  EXPECT_THAT(m_repository.check().invalid, SizeIs(1));
  ASSERT_TRUE(rollback("x"));
  EXPECT_TRUE(m_repository.check().good());
}

TEST_P(WayBackTest, APreviewOfARollbackWaitsForNobodyAndChangesNothing) {
  rotate("x");
  const auto files = m_repository.files();
  const auto lock = store::lock_repository(m_repository.path("."));
  ASSERT_TRUE(lock);
  const auto back = rollback("x", Preview::yes);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_THAT(back->generators, SizeIs(2));
  EXPECT_EQ(m_repository.files(), files);
}

// Against a model that remembers the values from before the last change.
TEST_P(WayBackTest, HoldsAfterAnyChanges) {
  const auto seed = std::random_device()();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  Values current = values("pair");
  std::optional<Values> previous;
  const auto change = [&](const std::function<void()>& work, bool has_way_back) {
    work();
    const Values after = values("pair");
    if (after == current) return;
    previous = has_way_back ? std::optional(current) : std::nullopt;
    current = after;
  };
  for (int step = 0; step < 25; ++step) {
    const std::string text = "text " + std::to_string(random() % 3);
    switch (random() % 6) {
      case 0:
        change([&] { rotate("x"); }, true);
        break;
      case 1:
        change([&] { set({{"pair/x", text}}); }, true);
        break;
      case 2:
        change([&] { set({{"pair/y", text}, {"pair/open", text}}); }, true);
        break;
      case 3:
        change([&] { m_repository.generate({.generators = {"pair"}}); }, false);
        break;
      default:
        EXPECT_EQ(rollback("x").has_value(), previous.has_value()) << "step " << step;
        if (previous) std::swap(current, *previous);
    }
    ASSERT_EQ(values("pair"), current) << "step " << step;
    check_that_versions_tell_what_is_kept();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace vmcred::vars
