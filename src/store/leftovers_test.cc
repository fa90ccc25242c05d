// SPDX-License-Identifier: Apache-2.0
#include "store/leftovers.h"

#include <gmock/gmock.h>

#include "support/store.h"

namespace vmcred::store {
namespace {

using test::open_value;
using test::Person;
using test::Repository;
using test::secret;
using test::var;
using test_support::snapshot;
using testing::ElementsAre;
using testing::IsEmpty;

const VarId k_declared_id = var("web", "ssh", "id");
const VarId k_gone = var("web", "gone", "x");

class LeftoversTest : public testing::Test {
 protected:
  LeftoversTest() {
    const Person alice = m_repository.person("alice");
    const Keyring keyring = Repository::keyring_of(alice);
    EXPECT_TRUE(m_repository.administer(
        keyring, [&](const auto& with) { return add_user(with, "alice", {alice.recipient}, Replace::no); }));
    const auto store = m_repository.open(keyring);
    EXPECT_TRUE(m_repository.commit([&](Transaction& t) -> base::Result<void> {
      VMCRED_TRY(store->set_validation_hash(t, k_declared_id.generator, "ab"));
      VMCRED_TRY(t.write_file("vars/per-machine/web/ssh/.version", "version -\n"));
      return store->write(t, std::vector{secret(k_declared_id, "own", {"web"})}, false);
    }));
    m_clean = snapshot(m_repository.root());
    EXPECT_TRUE(m_repository.commit([&](Transaction& t) -> base::Result<void> {
      VMCRED_TRY(store->set_validation_hash(t, k_gone.generator, "cd"));
      VMCRED_TRY(t.write_file("vars/per-machine/web/gone/.version", "version -\n"));
      VMCRED_TRY(t.write_file("vars/per-machine/web/ssh/id/value", "plaintext"));
      VMCRED_TRY(t.write_link("vars/per-machine/web/ssh/id/users/eve", "../../../../../../sops/users/eve"));
      return store->write(t, std::vector{secret(k_gone, "gone", {"web"})}, false);
    }));
  }

  Repository m_repository;
  std::map<std::string, std::string> m_clean;
  const std::vector<StoredVar> m_declared = {{k_declared_id, Visibility::secret}};
};

TEST_F(LeftoversTest, AllKindsAreFoundAndRemoved) {
  const auto found = leftovers(m_repository.settings, m_declared);
  ASSERT_TRUE(found) << found.error().what;
  using Kind = Leftover::Kind;
  const std::string gone = "vars/per-machine/web/gone/";
  const std::string own = "vars/per-machine/web/ssh/id/";
  EXPECT_THAT(*found,
              ElementsAre(Leftover{Kind::undeclared,
                                   "per-machine/web/gone/x",
                                   {gone + "x/machines/web", gone + "x/secret", gone + "x/users/alice"}},
                          Leftover{Kind::value_beside_secret, own + "value", {own + "value"}},
                          Leftover{Kind::old_note, gone + ".validation-hash", {gone + ".validation-hash"}},
                          Leftover{Kind::old_note, gone + ".version", {gone + ".version"}},
                          Leftover{Kind::dangling_link, own + "users/eve", {own + "users/eve"}}));
  VMCRED_OK(m_repository.commit([&](Transaction& t) { return remove_leftovers(t, *found); }));
  EXPECT_EQ(snapshot(m_repository.root()), m_clean);
  EXPECT_FALSE(std::filesystem::exists(m_repository.path("vars/per-machine/web/gone")));
  EXPECT_THAT(*leftovers(m_repository.settings, m_declared), IsEmpty());
}

}  // namespace
}  // namespace vmcred::store
