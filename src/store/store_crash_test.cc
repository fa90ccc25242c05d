// SPDX-License-Identifier: Apache-2.0
// What users do to a store, killed at each of its steps: after that it is the old store or the new one, and
// the same command again does what is left.
#include <gmock/gmock.h>

#include "support/store.h"

namespace vmcred::store {
namespace {

using test::Person;
using test::read_as;
using test::Repository;
using test::secret;
using test::var;
using test_support::snapshot;
using testing::AnyOf;

const VarId k_crash_id = var("web", "ssh", "id");
const VarId k_crash_key = var("shared", "ca", "key");
const std::vector<Value> k_old_values = {secret(k_crash_id, "old own", {"web"}),
                                         secret(k_crash_key, "old shared", {"web"})};
const std::vector<Value> k_new_values = {secret(k_crash_id, "new own", {"web"}),
                                         secret(k_crash_key, "new shared", {"web", "db"})};

// A store with old values whose admin is alice.
struct Scene {
  explicit Scene(Backend backend) {
    repository.settings.backend = backend;
    repository.settings.age_recipients = {alice.recipient};
    const Keyring keyring = Repository::keyring_of(alice);
    const auto add_alice = [&](const auto& with) {
      return add_user(with, "alice", {alice.recipient}, Replace::no);
    };
    EXPECT_TRUE(backend == Backend::age || repository.administer(keyring, add_alice));
    write(k_old_values);
  }

  // Opens everything anew: this may be a child, where the parent's secrets are not to be seen.
  void write(const std::vector<Value>& values) const {
    const Keyring keyring = Repository::keyring_of(alice);
    const auto store = repository.open(keyring);
    static_cast<void>(
        repository.commit([&](Transaction& t) { return store->write(t, values, true); }).has_value());
  }

  std::string read(const VarId& id) const { return read_as(repository, alice, id); }

  Repository repository;
  Person alice = repository.person("alice");
  Person bob = repository.person("bob");
};

void kill_write_everywhere(Backend backend) {
  for (int step = 1;; ++step) {
    const Scene scene(backend);
    const auto before = snapshot(scene.repository.root());
    const bool survived = test_support::survives_kill_at(step, [&] { scene.write(k_new_values); });
    ASSERT_TRUE(recover(scene.repository.root()));
    if (snapshot(scene.repository.root()) != before) {
      EXPECT_EQ(scene.read(k_crash_id), "new own") << "step " << step;
      EXPECT_EQ(scene.read(k_crash_key), "new shared") << "step " << step;
    }
    scene.write(k_new_values);
    EXPECT_EQ(scene.read(k_crash_id), "new own");
    const Keyring keyring = Repository::keyring_of(scene.alice);
    const auto store = scene.repository.open(keyring);
    EXPECT_TRUE(store->access(k_crash_key, {.deploy = true, .machines = {"db", "web"}})->right());
    VMCRED_OK(scene.repository.commit(
        [&](Transaction& t) { return store->rollback(t, k_crash_id, Visibility::secret); }));
    EXPECT_EQ(scene.read(k_crash_id), "old own") << "step " << step;
    if (survived) return;
  }
}

TEST(StoreCrashTest, WriteIsWholeOrHasNotBeenWithSops) { kill_write_everywhere(Backend::sops); }
TEST(StoreCrashTest, WriteIsWholeOrHasNotBeenWithAge) { kill_write_everywhere(Backend::age); }

TEST(StoreCrashTest, FixIsWholeOrHasNotBeen) {
  const Audience audience{.deploy = true, .machines = {"db"}};
  for (int step = 1;; ++step) {
    const Scene scene(Backend::sops);
    const auto before = snapshot(scene.repository.root());
    const bool survived = test_support::survives_kill_at(step, [&] {
      const Keyring keyring = Repository::keyring_of(scene.alice);
      const auto store = scene.repository.open(keyring);
      static_cast<void>(scene.repository.commit([&](Transaction& t) -> base::Result<void> {
        VMCRED_TRY(store->fix(t, k_crash_key, audience, {}));
        return {};
      }));
    });
    ASSERT_TRUE(recover(scene.repository.root()));
    const Keyring keyring = Repository::keyring_of(scene.alice);
    const auto store = scene.repository.open(keyring);
    if (snapshot(scene.repository.root()) != before) {
      EXPECT_TRUE(store->access(k_crash_key, audience)->right()) << "step " << step;
    }
    EXPECT_EQ(scene.read(k_crash_key), "old shared");
    if (survived) return;
  }
}

TEST(StoreCrashTest, NewAdminReadsAllOrNothing) {
  for (int step = 1;; ++step) {
    const Scene scene(Backend::sops);
    const auto before = snapshot(scene.repository.root());
    const bool survived = test_support::survives_kill_at(step, [&] {
      const Keyring keyring = Repository::keyring_of(scene.alice);
      static_cast<void>(scene.repository.administer(keyring, [&](const auto& with) {
        return add_admin(with, "bob", {scene.bob.recipient}, Replace::no);
      }));
    });
    ASSERT_TRUE(recover(scene.repository.root()));
    const bool changed = snapshot(scene.repository.root()) != before;
    EXPECT_EQ(read_as(scene.repository, scene.bob, k_crash_id), changed ? "old own" : "(can't)")
        << "step " << step;
    EXPECT_EQ(read_as(scene.repository, scene.bob, k_crash_key), changed ? "old shared" : "(can't)")
        << "step " << step;
    if (survived) return;
  }
}

}  // namespace
}  // namespace vmcred::store
