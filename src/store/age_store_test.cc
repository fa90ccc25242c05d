// SPDX-License-Identifier: Apache-2.0
#include "store/age_store.h"

#include <gmock/gmock.h>

#include "support/store.h"

namespace vmcred::store {
namespace {

using test::open_value;
using test::Person;
using test::read_as;
using test::Repository;
using test::secret;
using test::var;
using test_support::snapshot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::StartsWith;
using testing::UnorderedElementsAre;

const VarId k_web_id = var("web", "ssh", "id");
const VarId k_ca_key = var("shared", "ca", "key");
const std::string k_own_file = "secrets/clan-vars/per-machine/web/ssh/id/id.age";
const std::string k_shared_file = "secrets/clan-vars/shared/ca/key/key.age";

class AgeStoreTest : public testing::Test {
 protected:
  AgeStoreTest() {
    m_repository.settings.backend = Backend::age;
    m_repository.settings.age_recipients = {m_alice.recipient};
    open();
  }

  void open() { m_store = m_repository.open(m_keyring); }

  base::Result<void> write(const std::vector<Value>& values, bool keep_previous = false) const {
    return m_repository.commit([&](Transaction& t) { return m_store->write(t, values, keep_previous); });
  }
  base::Result<bool> fix(const VarId& id, const Audience& audience) const {
    VMCRED_TRY_ASSIGN(auto transaction, Transaction::begin(m_repository.root()));
    VMCRED_TRY_ASSIGN(const bool fixed, m_store->fix(transaction, id, audience, {}));
    EXPECT_EQ(fixed, !transaction.empty());
    VMCRED_TRY(transaction.commit("fix"));
    return fixed;
  }
  std::string read(const VarId& id) const { return read_as(m_repository, m_alice, id); }

  // As the machine itself reads, with nothing but its own key.
  std::string read_by_machine(const std::string& machine, const std::string& file) const {
    const auto key = age::decrypt(
        test_support::bytes_of(m_repository.text("secrets/age-keys/machines/" + machine + "/key.age")),
        m_keyring.identities());
    EXPECT_TRUE(key);
    const auto identities = age::parse_identities(key->bytes(), "key");
    const auto value = age::decrypt(test_support::bytes_of(m_repository.text(file)), *identities);
    return value ? test_support::text_of(value->bytes()) : "(can't)";
  }

  Repository m_repository;
  Person m_alice = m_repository.person("alice");
  Person m_bob = m_repository.person("bob");
  Keyring m_keyring = Repository::keyring_of(m_alice);
  std::unique_ptr<Store> m_store;
};

TEST_F(AgeStoreTest, FilesLieWhereClanLooksForThem) {
  VMCRED_OK(write({secret(k_web_id, "own", {"web"}), secret(k_ca_key, "shared", {"web", "db"}),
                   open_value(var("web", "ssh", "id.pub"), "open"),
                   secret(var("web", "ssh", "ca"), "kept", {"web"}, false)}));
  EXPECT_THAT(
      snapshot(m_repository.root()),
      UnorderedElementsAre(
          Key(k_own_file), Key(k_shared_file), Key(k_shared_file + ".recipients"),
          Key("secrets/clan-vars/per-machine/web/ssh/ca/ca.age"),
          Key("secrets/clan-vars/per-machine/web/ssh/ca/ca.age.recipients"),
          Key("secrets/age-keys/machines/web/pub"), Key("secrets/age-keys/machines/web/key.age"),
          Key("secrets/age-keys/machines/web/key.age.recipients"), Key("secrets/age-keys/machines/db/pub"),
          Key("secrets/age-keys/machines/db/key.age"), Key("secrets/age-keys/machines/db/key.age.recipients"),
          Key("vars/per-machine/web/ssh/id.pub/value")));
  const std::string pub = m_repository.text("secrets/age-keys/machines/web/pub");
  EXPECT_EQ(pub.size(), 62U) << "without a newline";
  EXPECT_EQ(m_repository.text("secrets/age-keys/machines/web/key.age.recipients"), m_alice.recipient + "\n");
  EXPECT_THAT(m_repository.text(k_shared_file + ".recipients"), HasSubstr(pub + "\n"));
  EXPECT_THAT(m_repository.text(k_own_file), StartsWith("-----BEGIN AGE ENCRYPTED FILE-----\n"));
}

TEST_F(AgeStoreTest, AdminReadsThroughTheMachineAndTheMachineByItself) {
  const std::string bytes = test_support::all_bytes();
  VMCRED_OK(write({secret(k_web_id, bytes, {"web"}), secret(k_ca_key, "", {"db", "web"})}));
  EXPECT_EQ(read(k_web_id), bytes);
  EXPECT_EQ(read(k_ca_key), "");
  EXPECT_EQ(read_by_machine("web", k_own_file), bytes);
  EXPECT_EQ(read_as(m_repository, m_bob, k_web_id), "(can't)");
}

TEST_F(AgeStoreTest, SecretThatIsNotDeployedIsForAdminsAlone) {
  VMCRED_OK(write({secret(k_web_id, "deployed", {"web"}), secret(k_ca_key, "kept", {"web"}, false)}));
  EXPECT_EQ(read(k_ca_key), "kept");
  EXPECT_EQ(read_by_machine("web", k_shared_file), "(can't)");
  EXPECT_EQ(m_repository.text(k_shared_file + ".recipients"), m_alice.recipient + "\n");
}

TEST_F(AgeStoreTest, SameValueIsNotWrittenAgain) {
  VMCRED_OK(write({secret(k_web_id, "value", {"web"}), secret(k_ca_key, "shared", {"web"})}));
  auto transaction = Transaction::begin(m_repository.root());
  VMCRED_OK(m_store->write(
      *transaction, std::vector{secret(k_web_id, "value", {"web"}), secret(k_ca_key, "shared", {"web"})},
      true));
  EXPECT_TRUE(transaction->empty());
}

TEST_F(AgeStoreTest, EachChangeOfDeployGivesAndTakes) {
  for (const VarId& id : {k_web_id, k_ca_key}) {
    const std::string file = id == k_web_id ? k_own_file : k_shared_file;
    VMCRED_OK(write({secret(id, "value", {"web"})}));
    const Audience kept{.deploy = false, .machines = {"web"}};
    const Audience deployed{.deploy = true, .machines = {"web"}};
    EXPECT_FALSE(m_store->access(id, kept)->right());
    EXPECT_TRUE(*fix(id, kept));
    EXPECT_TRUE(m_store->access(id, kept)->right());
    EXPECT_EQ(read_by_machine("web", file), "(can't)");
    EXPECT_EQ(read(id), "value");
    EXPECT_TRUE(*fix(id, deployed));
    EXPECT_TRUE(m_store->access(id, deployed)->right());
    EXPECT_EQ(read_by_machine("web", file), "value");
    EXPECT_FALSE(*fix(id, deployed));
  }
  EXPECT_FALSE(m_repository.has(k_own_file + ".recipients"));
}

TEST_F(AgeStoreTest, LateMachineGainsAccessAndAFormerOneLosesIt) {
  VMCRED_OK(write({secret(k_ca_key, "value", {"web", "db"})}));
  const Audience audience{.deploy = true, .machines = {"db", "new"}};
  const auto access = m_store->access(k_ca_key, audience);
  EXPECT_THAT(access->missing, ElementsAre("machine new"));
  EXPECT_THAT(access->stale, ElementsAre("machine web"));
  EXPECT_TRUE(*fix(k_ca_key, audience));
  EXPECT_EQ(read_by_machine("new", k_shared_file), "value");
  EXPECT_EQ(read_by_machine("web", k_shared_file), "(can't)");
  EXPECT_TRUE(m_store->access(k_ca_key, audience)->right());
}

TEST_F(AgeStoreTest, NewAdminCostsOneFileAMachine) {
  VMCRED_OK(write({secret(k_web_id, "own", {"web"})}));
  const std::string before = m_repository.text(k_own_file);
  m_repository.settings.age_recipients = {m_alice.recipient, m_bob.recipient};
  open();
  const Audience audience{.deploy = true, .machines = {"web"}};
  EXPECT_THAT(m_store->access(k_web_id, audience)->missing, ElementsAre(m_bob.recipient));
  EXPECT_TRUE(*fix(k_web_id, audience));
  EXPECT_EQ(read_as(m_repository, m_bob, k_web_id), "own");
  EXPECT_EQ(m_repository.text(k_own_file), before);
  m_repository.settings.age_recipients = {m_alice.recipient};
  open();
  EXPECT_THAT(m_store->access(k_web_id, audience)->stale, ElementsAre(m_bob.recipient));
  EXPECT_TRUE(*fix(k_web_id, audience));
  EXPECT_EQ(read_as(m_repository, m_bob, k_web_id), "(can't)");
}

TEST_F(AgeStoreTest, RecipientsOfOneMachineStandInPlaceOfTheCommonOnes) {
  m_repository.settings.age_machine_recipients = {{"web", {m_bob.recipient}}};
  open();
  VMCRED_OK(write({secret(k_web_id, "own", {"web"}), secret(var("db", "g", "f"), "other", {"db"})}));
  EXPECT_EQ(read_as(m_repository, m_bob, k_web_id), "own");
  EXPECT_EQ(read(k_web_id), "(can't)");
  EXPECT_EQ(read(var("db", "g", "f")), "other");
}

TEST_F(AgeStoreTest, PreviousVersionComesBackAlsoWhenItsReadersWereOthers) {
  VMCRED_OK(write({secret(k_web_id, "one", {"web"})}));
  VMCRED_OK(write({secret(k_web_id, "two", {"web"}, false)}, true));
  const auto back = [&](Transaction& t) { return m_store->rollback(t, k_web_id, Visibility::secret); };
  VMCRED_OK(m_repository.commit(back));
  EXPECT_EQ(read(k_web_id), "one");
  EXPECT_EQ(read_by_machine("web", k_own_file), "(can't)");
  VMCRED_OK(m_repository.commit(back));
  EXPECT_EQ(read(k_web_id), "two");
}

TEST_F(AgeStoreTest, PreviousVersionGoesWithItsListAndTheCurrentOneStays) {
  VMCRED_OK(write({secret(k_web_id, "one", {"web"}, false)}));
  const auto before = snapshot(m_repository.root());
  VMCRED_OK(write({secret(k_web_id, "two", {"web"}, false)}, true));
  EXPECT_EQ(snapshot(m_repository.root()).size(), before.size() + 2);
  VMCRED_OK(m_repository.commit([&](Transaction& t) { return m_store->drop_previous(t, k_web_id); }));
  EXPECT_EQ(snapshot(m_repository.root()).size(), before.size());
  EXPECT_EQ(read(k_web_id), "two");
}

TEST_F(AgeStoreTest, RemovedVarLeavesNothingAndNobodyConfiguredIsTold) {
  VMCRED_OK(write({secret(k_web_id, "one", {"web"})}));
  VMCRED_OK(write({secret(k_web_id, "two", {"web"})}, true));
  VMCRED_OK(m_repository.commit([&](Transaction& t) { return m_store->remove(t, k_web_id); }));
  EXPECT_THAT(*m_store->list(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(m_repository.path("secrets/clan-vars")));
  m_repository.settings.age_recipients = {};
  open();
  const auto written = write({secret(k_web_id, "one", {"new"})});
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().hint, HasSubstr("age_recipients"));
}

}  // namespace
}  // namespace vmcred::store
