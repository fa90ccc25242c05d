// SPDX-License-Identifier: Apache-2.0
#include "store/sops_store.h"

#include <gmock/gmock.h>

#include "sops/binary.h"
#include "support/store.h"

namespace vmcred::store {
namespace {

using base::ErrorKind;
using test::open_value;
using test::Person;
using test::read_as;
using test::Repository;
using test::secret;
using test::var;
using test_support::snapshot;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::UnorderedElementsAre;

const VarId k_id = var("web", "ssh", "id");
const VarId k_key = var("shared", "ca", "key");

class SopsStoreTest : public testing::Test {
 protected:
  SopsStoreTest() {
    const auto added = m_repository.administer(m_keyring, [&](const Administration& with) {
      return add_user(with, "alice", {m_alice.recipient}, Replace::no);
    });
    EXPECT_TRUE(added) << added.error().what;
  }

  base::Result<void> write(const std::vector<Value>& values, bool keep_previous = false) const {
    return m_repository.commit([&](Transaction& t) { return m_store->write(t, values, keep_previous); });
  }

  // True if anything was staged.
  base::Result<bool> fix(const VarId& id, const Audience& audience, const FixOptions& options = {}) const {
    VMCRED_TRY_ASSIGN(auto transaction, Transaction::begin(m_repository.root()));
    VMCRED_TRY_ASSIGN(const bool fixed, m_store->fix(transaction, id, audience, options));
    EXPECT_EQ(fixed, !transaction.empty());
    VMCRED_TRY(transaction.commit("fix"));
    return fixed;
  }

  std::string read(const VarId& id) const { return read_as(m_repository, m_alice, id); }

  Person machine(const std::string& name) const {
    Person person = m_repository.person("machine-" + name);
    EXPECT_TRUE(m_repository.administer(m_keyring, [&](const Administration& with) {
      return add_machine(with, name, person.recipient, Replace::no);
    }));
    return person;
  }

  Repository m_repository;
  Person m_alice = m_repository.person("alice");
  Keyring m_keyring = Repository::keyring_of(m_alice);
  std::unique_ptr<Store> m_store = m_repository.open(m_keyring);
};

TEST_F(SopsStoreTest, SecretOfAMachineLiesWhereClanLooksForIt) {
  VMCRED_OK(write({secret(k_id, "value", {"web"})}));
  const std::string folder = "vars/per-machine/web/ssh/id/";
  EXPECT_EQ(m_repository.link(folder + "users/alice"), "../../../../../../sops/users/alice");
  EXPECT_EQ(m_repository.link(folder + "machines/web"), "../../../../../../sops/machines/web");
  EXPECT_EQ(m_repository.link("sops/secrets/web-age.key/users/alice"), "../../../users/alice");
  EXPECT_EQ(m_repository.text("sops/users/alice/key.json"),
            "[\n  {\n    \"publickey\": \"" + m_alice.recipient + "\",\n    \"type\": \"age\"\n  }\n]");
  EXPECT_THAT(m_repository.text(folder + "secret"),
              AllOf(HasSubstr("\"data\": \"ENC["), Not(HasSubstr("value\""))));
  EXPECT_THAT(snapshot(m_repository.root()),
              UnorderedElementsAre(Key(folder + "secret"), Key(folder + "users/alice"),
                                   Key(folder + "machines/web"), Key("sops/users/alice/key.json"),
                                   Key("sops/machines/web/key.json"), Key("sops/secrets/web-age.key/secret"),
                                   Key("sops/secrets/web-age.key/users/alice")));
}

TEST_F(SopsStoreTest, LinksOfSharedSecretsAreOneLevelShorter) {
  VMCRED_OK(write({secret(k_key, "value", {"web", "db"})}));
  EXPECT_EQ(m_repository.link("vars/shared/ca/key/machines/db"), "../../../../../sops/machines/db");
  EXPECT_EQ(m_repository.link("vars/shared/ca/key/users/alice"), "../../../../../sops/users/alice");
}

TEST_F(SopsStoreTest, AnyBytesComeBack) {
  const std::string bytes = test_support::all_bytes();
  VMCRED_OK(write({secret(k_id, bytes, {"web"}), secret(k_key, "", {"web"})}));
  EXPECT_EQ(read(k_id), bytes);
  EXPECT_EQ(read(k_key), "");
}

TEST_F(SopsStoreTest, DeployedSecretIsForItsMachinesAndOthersForNone) {
  const Person web = machine("web");
  const Person db = machine("db");
  VMCRED_OK(write({secret(k_key, "shared", {"web"}), secret(k_id, "kept", {"web"}, false)}));
  EXPECT_EQ(read_as(m_repository, web, k_key), "shared");
  EXPECT_EQ(read_as(m_repository, db, k_key), "(can't)");
  EXPECT_EQ(read_as(m_repository, web, k_id), "(can't)");
  EXPECT_EQ(read(k_id), "kept");
}

TEST_F(SopsStoreTest, MachineKeyIsOneThatReadsTheMachinesSecrets) {
  VMCRED_OK(write({secret(k_id, "value", {"web"})}));
  const auto key =
      sops::decrypt_binary(m_repository.text("sops/secrets/web-age.key/secret"), m_keyring.identities());
  ASSERT_TRUE(key);
  const auto identity = age::parse_identity(key->bytes());
  ASSERT_TRUE(identity) << identity.error().what;
  EXPECT_THAT(m_repository.text("sops/machines/web/key.json"), HasSubstr((*identity)->recipient()));
}

TEST_F(SopsStoreTest, MachineThatHasAKeyKeepsItAndGetsNoneOfOurs) {
  const Person web = machine("web");
  VMCRED_OK(write({secret(k_id, "value", {"web"})}));
  EXPECT_THAT(m_repository.text("sops/machines/web/key.json"), HasSubstr(web.recipient));
  EXPECT_FALSE(m_repository.has("sops/secrets/web-age.key/secret"));
}

TEST_F(SopsStoreTest, SameValueIsNotWrittenAgain) {
  VMCRED_OK(write({secret(k_id, "value", {"web"}), open_value(k_key, "open")}));
  auto transaction = Transaction::begin(m_repository.root());
  const std::vector<Value> again = {secret(k_id, "value", {"web"}), open_value(k_key, "open")};
  VMCRED_OK(m_store->write(*transaction, again, true));
  EXPECT_TRUE(transaction->empty());
}

TEST_F(SopsStoreTest, SameValueForMoreMachinesKeepsItsCiphertext) {
  VMCRED_OK(write({secret(k_key, "value", {"web"})}));
  const std::string before = m_repository.text("vars/shared/ca/key/secret");
  VMCRED_OK(write({secret(k_key, "value", {"web", "db"})}));
  const std::string after = m_repository.text("vars/shared/ca/key/secret");
  EXPECT_NE(before, after);
  EXPECT_EQ(before.substr(0, before.find('\n', 3)), after.substr(0, after.find('\n', 3)))
      << "the line of the data";
}

TEST_F(SopsStoreTest, MachineThatIsNoLongerDeclaredLosesItsLinkAndUnknownLinksStay) {
  VMCRED_OK(write({secret(k_key, "value", {"web", "db"})}));
  const std::string dangling = m_repository.path("vars/shared/ca/key/users/nobody");
  std::filesystem::create_symlink("../../../../../sops/users/nobody", dangling);
  VMCRED_OK(write({secret(k_key, "other", {"db"})}));
  EXPECT_FALSE(m_repository.has_link("vars/shared/ca/key/machines/web"));
  EXPECT_TRUE(m_repository.has_link("vars/shared/ca/key/machines/db"));
  EXPECT_TRUE(std::filesystem::is_symlink(dangling));
  EXPECT_THAT(m_store->warnings(), ElementsAre(HasSubstr("users/nobody")));
}

TEST_F(SopsStoreTest, OpenVarIsAPlainFileAndLosesItWhenItBecomesSecret) {
  VMCRED_OK(write({open_value(k_id, "open\n")}));
  EXPECT_EQ(m_repository.text("vars/per-machine/web/ssh/id/value"), "open\n");
  VMCRED_OK(write({secret(k_id, "secret", {"web"})}, true));
  EXPECT_FALSE(m_repository.has("vars/per-machine/web/ssh/id/value"));
  EXPECT_THAT(snapshot(m_repository.root()), Not(Contains(testing::Pair(testing::_, HasSubstr("open\n")))));
  VMCRED_OK(
      m_repository.commit([&](Transaction& t) { return m_store->rollback(t, k_id, Visibility::secret); }));
  EXPECT_EQ(read(k_id), "open\n");
}

TEST_F(SopsStoreTest, SecretThatBecomesOpenLeavesNothingSecretBehind) {
  VMCRED_OK(write({secret(k_id, "one", {"web"})}));
  VMCRED_OK(write({secret(k_id, "two", {"web"})}, true));
  VMCRED_OK(write({open_value(k_id, "open")}, true));
  EXPECT_THAT(snapshot(m_repository.path("vars")), ElementsAre(Key("per-machine/web/ssh/id/value")));
}

TEST_F(SopsStoreTest, PreviousVersionIsKeptEncryptedAndComesBack) {
  VMCRED_OK(write({secret(k_id, "one", {"web"}), open_value(k_key, "1")}));
  EXPECT_FALSE(m_store->has_previous(k_id));
  VMCRED_OK(write({secret(k_id, "two", {"web"}), open_value(k_key, "2")}, true));
  EXPECT_TRUE(m_store->has_previous(k_id));
  EXPECT_TRUE(m_store->has_previous(k_key));
  const auto back = [&](Transaction& t) -> base::Result<void> {
    VMCRED_TRY(m_store->rollback(t, k_id, Visibility::secret));
    return m_store->rollback(t, k_key, Visibility::open);
  };
  VMCRED_OK(m_repository.commit(back));
  EXPECT_EQ(read(k_id), "one");
  EXPECT_EQ(read_as(m_repository, m_alice, k_key, Visibility::open), "1");
  VMCRED_OK(m_repository.commit(back));
  EXPECT_EQ(read(k_id), "two");
}

TEST_F(SopsStoreTest, PreviousVersionsGoAndCurrentOnesStay) {
  VMCRED_OK(write({secret(k_id, "one", {"web"}), open_value(k_key, "1")}));
  const auto before = snapshot(m_repository.root());
  VMCRED_OK(write({secret(k_id, "two", {"web"}), open_value(k_key, "2")}, true));
  const auto drop = [&](Transaction& t) -> base::Result<void> {
    VMCRED_TRY(m_store->drop_previous(t, k_id));
    return m_store->drop_previous(t, k_key);
  };
  VMCRED_OK(m_repository.commit(drop));
  EXPECT_EQ(snapshot(m_repository.root()).size(), before.size());
  EXPECT_EQ(read(k_id), "two");
  VMCRED_OK(m_repository.commit(drop));
}

TEST_F(SopsStoreTest, PreviousVersionIsNeverOneBeforeTheLast) {
  VMCRED_OK(write({secret(k_id, "one", {"web"})}));
  VMCRED_OK(write({secret(k_id, "two", {"web"})}, true));
  VMCRED_OK(write({secret(k_id, "three", {"web"})}, false));
  EXPECT_FALSE(m_store->has_previous(k_id));
  const auto back =
      m_repository.commit([&](Transaction& t) { return m_store->rollback(t, k_id, Visibility::secret); });
  ASSERT_FALSE(back);
  EXPECT_THAT(back.error().what, HasSubstr("has no previous version"));
}

TEST_F(SopsStoreTest, RemovedVarLeavesNothing) {
  VMCRED_OK(write({secret(k_id, "one", {"web"})}));
  VMCRED_OK(write({secret(k_id, "two", {"web"})}, true));
  VMCRED_OK(m_repository.commit([&](Transaction& t) { return m_store->remove(t, k_id); }));
  EXPECT_FALSE(std::filesystem::exists(m_repository.path("vars")));
}

TEST_F(SopsStoreTest, ValidationHashHasNoNewlineAndGoes) {
  const auto set = [&](const std::optional<std::string>& hash) {
    return m_repository.commit(
        [&](Transaction& t) { return m_store->set_validation_hash(t, k_id.generator, hash); });
  };
  EXPECT_EQ(*m_store->validation_hash(k_id.generator), std::nullopt);
  VMCRED_OK(set("0123abcd"));
  EXPECT_EQ(m_repository.text("vars/per-machine/web/ssh/.validation-hash"), "0123abcd");
  EXPECT_EQ(*m_store->validation_hash(k_id.generator), "0123abcd");
  VMCRED_OK(set(std::nullopt));
  EXPECT_EQ(*m_store->validation_hash(k_id.generator), std::nullopt);
}

TEST_F(SopsStoreTest, ListHasAllPlacementsInOrder) {
  const VarId exported{
      .generator = {.placement = {.kind = Placement::Kind::per_export, .name = "a:b"}, .generator = "g"},
      .file = "f"};
  VMCRED_OK(write({secret(k_id, "1", {"web"}), open_value(k_key, "2"), secret(exported, "3", {"web"})}));
  const auto vars = m_store->list();
  ASSERT_TRUE(vars);
  EXPECT_THAT(*vars, ElementsAre(StoredVar{k_id, Visibility::secret}, StoredVar{k_key, Visibility::open},
                                 StoredVar{exported, Visibility::secret}));
  const auto values = read_all(*m_store, *vars);
  ASSERT_TRUE(values);
  EXPECT_EQ(test_support::text_of((*values)[2].bytes()), "3");
}

TEST_F(SopsStoreTest, MissingSecretNamesItselfAndTheCommand) {
  const auto value = m_store->read(k_id, Visibility::secret);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::credential);
  EXPECT_THAT(value.error().what, HasSubstr("per-machine/web/ssh/id"));
  EXPECT_THAT(value.error().hint, HasSubstr("vmcred vars generate"));
}

TEST_F(SopsStoreTest, StrangerIsToldWhoseSecretItIs) {
  VMCRED_OK(write({secret(k_id, "1", {"web"})}));
  const Person eve = m_repository.person("eve");
  const Keyring keyring = Repository::keyring_of(eve);
  const auto store = m_repository.open(keyring);
  const auto value = store->read(k_id, Visibility::secret);
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, ErrorKind::credential);
  EXPECT_THAT(value.error().what, HasSubstr("vars/per-machine/web/ssh/id/secret"));
  EXPECT_THAT(value.error().hint, HasSubstr("it is for others"));
  const auto written = m_repository.commit(
      [&](Transaction& t) { return store->write(t, std::vector{secret(k_key, "2", {"web"})}, false); });
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().hint, HasSubstr("vmcred vars keygen"));
}

TEST_F(SopsStoreTest, AccessTellsWhoIsMissingAndWhoIsStaleAndFixMendsIt) {
  VMCRED_OK(write({secret(k_key, "value", {"web", "db"})}));
  const Audience audience{.deploy = true, .machines = {"db", "new"}};
  auto access = m_store->access(k_key, audience);
  ASSERT_TRUE(access);
  EXPECT_THAT(access->actual, ElementsAre("machine db", "machine web", "user alice"));
  EXPECT_THAT(access->missing, ElementsAre("machine new"));
  EXPECT_THAT(access->stale, ElementsAre("machine web"));
  EXPECT_TRUE(*fix(k_key, audience));
  access = m_store->access(k_key, audience);
  EXPECT_TRUE(access->right());
  EXPECT_THAT(access->actual, ElementsAre("machine db", "machine new", "user alice"));
  EXPECT_EQ(read(k_key), "value");
  EXPECT_FALSE(*fix(k_key, audience));
}

TEST_F(SopsStoreTest, FixAddsDefaultGroupsThatExist) {
  VMCRED_OK(write({secret(k_id, "one", {"web"})}));
  VMCRED_OK(write({secret(k_id, "two", {"web"})}, true));
  const Person bob = m_repository.person("bob");
  const auto add = [&](const Administration& with) -> base::Result<RecipientChange> {
    VMCRED_TRY(add_user(with, "bob", {bob.recipient}, Replace::no));
    return add_to_group(with, "admins", MemberKind::user, "bob");
  };
  VMCRED_OK(m_repository.administer(m_keyring, add));
  m_repository.settings.default_groups = {"admins", "hosts"};
  m_store = m_repository.open(m_keyring);
  const Audience audience{.deploy = true, .machines = {"web"}};
  EXPECT_THAT(m_store->access(k_id, audience)->missing, ElementsAre("group admins", "user bob"));
  EXPECT_EQ(read_as(m_repository, bob, k_id), "(can't)");
  EXPECT_TRUE(*fix(k_id, audience));
  EXPECT_EQ(read_as(m_repository, bob, k_id), "two");
  EXPECT_EQ(m_repository.link("vars/per-machine/web/ssh/id/groups/admins"),
            "../../../../../../sops/groups/admins");
  VMCRED_OK(
      m_repository.commit([&](Transaction& t) { return m_store->rollback(t, k_id, Visibility::secret); }));
  EXPECT_EQ(read_as(m_repository, bob, k_id), "one") << "the previous version was for the old readers";
}

TEST_F(SopsStoreTest, FixRemovesAMachineFromASecretThatIsNotDeployedAndGrantsNone) {
  VMCRED_OK(write({secret(k_id, "value", {"web"})}));
  const Audience audience{.deploy = false, .machines = {"web"}};
  EXPECT_TRUE(*fix(k_id, audience));
  EXPECT_FALSE(m_repository.has_link("vars/per-machine/web/ssh/id/machines/web"));
  EXPECT_THAT(m_store->access(k_id, audience)->actual, ElementsAre("user alice"));
  EXPECT_FALSE(*fix(k_id, audience));
}

TEST_F(SopsStoreTest, FixKeepsOrRenewsTheDataKeyAsAsked) {
  const auto line_of_data = [&] {
    const std::string text = m_repository.text("vars/shared/ca/key/secret");
    return text.substr(0, text.find('\n', 3));
  };
  VMCRED_OK(write({secret(k_key, "value", {"a", "b", "c"})}));
  const std::string first = line_of_data();
  EXPECT_TRUE(*fix(k_key, {.deploy = true, .machines = {"a", "b"}}));
  EXPECT_EQ(line_of_data(), first);
  EXPECT_TRUE(*fix(k_key, {.deploy = true, .machines = {"a"}}, {.rotate_data_key = true}));
  EXPECT_NE(line_of_data(), first);
  EXPECT_EQ(read(k_key), "value");
}

TEST_F(SopsStoreTest, FixOfWhatIsNotGeneratedDoesNothing) {
  EXPECT_FALSE(*fix(k_id, {.deploy = true, .machines = {"web"}}));
  EXPECT_FALSE(m_repository.has("sops/machines/web/key.json"));
}

TEST_F(SopsStoreTest, RecipientThatNobodyIsKnownByIsStale) {
  VMCRED_OK(write({secret(k_key, "value", {"web"})}));
  const std::string recipient = [&] {
    const std::string text = m_repository.text("sops/machines/web/key.json");
    return text.substr(text.find("age1"), 62);
  }();
  std::filesystem::remove_all(m_repository.path("sops/machines/web"));
  EXPECT_THAT(m_store->access(k_key, {.deploy = false, .machines = {}})->stale, ElementsAre(recipient));
}

TEST_F(SopsStoreTest, LookingChangesNothing) {
  VMCRED_OK(write({secret(k_id, "1", {"web"}), open_value(k_key, "2")}));
  const auto newest = [&] {
    std::filesystem::file_time_type time{};
    for (const auto& entry : std::filesystem::recursive_directory_iterator(m_repository.root()))
      if (!entry.is_symlink()) time = std::max(time, entry.last_write_time());
    return time;
  };
  const auto before = snapshot(m_repository.root());
  const auto time = newest();
  VMCRED_OK(recover(m_repository.root()));
  VMCRED_OK(m_store->list());
  VMCRED_OK(m_store->read(k_id, Visibility::secret));
  VMCRED_OK(m_store->access(k_id, {.deploy = true, .machines = {"new"}}));
  VMCRED_OK(m_store->validation_hash(k_id.generator));
  EXPECT_EQ(snapshot(m_repository.root()), before);
  EXPECT_EQ(newest(), time);
}

TEST_F(SopsStoreTest, NamesThatAreNoFileNamesAreRefused) {
  for (const char* name : {"", "..", ".hidden", "a/b", "a\nb"}) {
    const auto written = write({open_value(var("web", "g", name), "x")});
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().kind, ErrorKind::config);
  }
}

TEST_F(SopsStoreTest, ManySecretsAtOnce) {
  std::vector<Value> values;
  for (int i = 0; i < 200; ++i)
    values.push_back(secret(var("web", "g" + std::to_string(i), "f"), "value", {"web"}));
  VMCRED_OK(write(values));
  const auto vars = m_store->list();
  ASSERT_EQ(vars->size(), 200U);
  const auto read = read_all(*m_store, *vars);
  ASSERT_TRUE(read);
  for (const auto& value : *read) EXPECT_EQ(test_support::text_of(value.bytes()), "value");
}

}  // namespace
}  // namespace vmcred::store
