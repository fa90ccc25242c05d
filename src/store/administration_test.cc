// SPDX-License-Identifier: Apache-2.0
#include "store/administration.h"

#include <gmock/gmock.h>

#include "store/admin_key.h"
#include "support/store.h"

namespace vmcred::store {
namespace {

using base::ErrorKind;
using test::Person;
using test::read_as;
using test::Repository;
using test::secret;
using test::var;
using test_support::snapshot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

const VarId k_own = var("web", "ssh", "id");
const VarId k_shared = var("shared", "ca", "key");

class AdministrationTest : public testing::Test {
 protected:
  AdministrationTest() {
    EXPECT_TRUE(as_alice(
        [&](const auto& with) { return add_user(with, "alice", {m_alice.recipient}, Replace::no); }));
    const std::vector<Value> values = {secret(k_own, "own", {"web"}),
                                       secret(k_shared, "shared", {"web", "db"})};
    const auto store = m_repository.open(m_keyring);
    const auto written = m_repository.commit([&](Transaction& t) { return store->write(t, values, false); });
    EXPECT_TRUE(written) << written.error().what;
  }

  template <typename Act>
  base::Result<RecipientChange> as_alice(const Act& act) const {
    return m_repository.administer(m_keyring, act);
  }

  std::string as_bob(const VarId& id) const { return read_as(m_repository, m_bob, id); }

  Repository m_repository;
  Person m_alice = m_repository.person("alice");
  Person m_bob = m_repository.person("bob");
  Keyring m_keyring = Repository::keyring_of(m_alice);
};

TEST_F(AdministrationTest, SecondAdminReadsEverythingAfterOneStep) {
  const auto change =
      as_alice([&](const auto& with) { return add_admin(with, "bob", {m_bob.recipient}, Replace::no); });
  ASSERT_TRUE(change) << change.error().what;
  EXPECT_EQ(change->message, "secrets: add user bob");
  EXPECT_THAT(change->reencrypted, ElementsAre("sops/secrets/db-age.key", "sops/secrets/web-age.key",
                                               "vars/per-machine/web/ssh/id", "vars/shared/ca/key"));
  EXPECT_EQ(as_bob(k_own), "own");
  EXPECT_EQ(as_bob(k_shared), "shared");
  EXPECT_EQ(m_repository.link("sops/groups/admins/users/alice"), "../../../users/alice");
  EXPECT_EQ(m_repository.link("sops/groups/admins/users/bob"), "../../../users/bob");
  EXPECT_EQ(m_repository.link("sops/secrets/web-age.key/groups/admins"), "../../../groups/admins");
}

TEST_F(AdministrationTest, UserAloneReadsNothingAndCostsNothing) {
  const auto change =
      as_alice([&](const auto& with) { return add_user(with, "bob", {m_bob.recipient}, Replace::no); });
  ASSERT_TRUE(change);
  EXPECT_THAT(change->reencrypted, IsEmpty());
  EXPECT_EQ(as_bob(k_own), "(can't)");
}

TEST_F(AdministrationTest, KeyIsReplacedOnlyWhenAskedAndSecretsFollow) {
  const Person carol = m_repository.person("carol");
  const auto replace = [&](Replace how) {
    return as_alice([&](const auto& with) { return add_user(with, "alice", {carol.recipient}, how); });
  };
  const auto refused = replace(Replace::no);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::refused);
  VMCRED_OK(replace(Replace::yes));
  EXPECT_EQ(read_as(m_repository, carol, k_own), "own");
  EXPECT_EQ(read_as(m_repository, m_alice, k_own), "(can't)");
}

TEST_F(AdministrationTest, SameKeyAgainChangesNothing) {
  const auto before = snapshot(m_repository.root());
  VMCRED_OK(
      as_alice([&](const auto& with) { return add_user(with, "alice", {m_alice.recipient}, Replace::no); }));
  EXPECT_EQ(snapshot(m_repository.root()), before);
}

TEST_F(AdministrationTest, FurtherKeyIsAddedAndRemoved) {
  const auto change =
      as_alice([&](const auto& with) { return add_user_keys(with, "alice", {m_bob.recipient}); });
  ASSERT_TRUE(change) << change.error().what;
  EXPECT_EQ(change->message, "secrets: add key(s) for user alice");
  EXPECT_EQ(as_bob(k_own), "own");
  VMCRED_OK(as_alice([&](const auto& with) { return remove_user_keys(with, "alice", {m_bob.recipient}); }));
  EXPECT_EQ(as_bob(k_own), "(can't)");
  const auto last =
      as_alice([&](const auto& with) { return remove_user_keys(with, "alice", {m_alice.recipient}); });
  ASSERT_FALSE(last);
  EXPECT_THAT(last.error().what, HasSubstr("would have no key left"));
}

TEST_F(AdministrationTest, RemovedUserLosesLinksGroupsAndAccess) {
  VMCRED_OK(
      as_alice([&](const auto& with) { return add_admin(with, "bob", {m_bob.recipient}, Replace::no); }));
  const auto change = as_alice([&](const auto& with) { return remove_user(with, "bob"); });
  ASSERT_TRUE(change) << change.error().what;
  EXPECT_EQ(change->reencrypted.size(), 4U);
  EXPECT_EQ(as_bob(k_own), "(can't)");
  // Ciphertext may hold any letters, but not by chance a whole recipient.
  for (const auto& [path, content] : snapshot(m_repository.root())) {
    const bool is_encrypted = content.find("ENC[") != std::string::npos;
    EXPECT_THAT(is_encrypted ? path : path + content, Not(HasSubstr("bob")));
    EXPECT_THAT(content, Not(HasSubstr(m_bob.recipient))) << path;
  }
}

TEST_F(AdministrationTest, LastReaderIsNotRemoved) {
  const auto before = snapshot(m_repository.root());
  const auto change = as_alice([&](const auto& with) { return remove_user(with, "alice"); });
  ASSERT_FALSE(change);
  EXPECT_EQ(change.error().kind, ErrorKind::refused);
  EXPECT_EQ(snapshot(m_repository.root()), before);
}

TEST_F(AdministrationTest, RemovedMachineTakesItsKeyAndLinksAlong) {
  VMCRED_OK(as_alice([&](const auto& with) { return remove_machine(with, "db"); }));
  // Ciphertext may hold any letters: of contents, only where a link leads counts.
  for (const auto& [path, content] : snapshot(m_repository.root()))
    EXPECT_THAT(content.starts_with("-> ") ? path + content : path, Not(HasSubstr("/db")));
  EXPECT_FALSE(m_repository.has("sops/secrets/db-age.key/secret"));
}

TEST_F(AdministrationTest, GroupComesWithItsFirstMemberAndGoesWithItsLastOne) {
  VMCRED_OK(
      as_alice([&](const auto& with) { return add_admin(with, "bob", {m_bob.recipient}, Replace::no); }));
  for (const char* name : {"bob", "alice"}) {
    const auto left =
        as_alice([&](const auto& with) { return remove_from_group(with, "admins", MemberKind::user, name); });
    ASSERT_TRUE(left) << left.error().what;
    EXPECT_EQ(left->message, std::string("secrets: remove user ") + name + " from group admins");
  }
  EXPECT_EQ(as_bob(k_own), "(can't)");
  EXPECT_FALSE(m_repository.has_link("vars/shared/ca/key/groups/admins"));
  EXPECT_FALSE(std::filesystem::exists(m_repository.path("sops/groups")));
}

TEST_F(AdministrationTest, MachineInAGroupReadsWhatTheGroupDoes) {
  VMCRED_OK(
      as_alice([&](const auto& with) { return add_admin(with, "bob", {m_bob.recipient}, Replace::no); }));
  const Person host = m_repository.person("host");
  VMCRED_OK(
      as_alice([&](const auto& with) { return add_machine(with, "host", host.recipient, Replace::no); }));
  VMCRED_OK(
      as_alice([&](const auto& with) { return add_to_group(with, "admins", MemberKind::machine, "host"); }));
  EXPECT_EQ(read_as(m_repository, host, k_own), "own");
}

TEST_F(AdministrationTest, MistypedNamesAreFound) {
  const auto removed = as_alice([&](const auto& with) { return remove_user(with, "alcie"); });
  ASSERT_FALSE(removed);
  EXPECT_EQ(removed.error().kind, ErrorKind::usage);
  EXPECT_THAT(removed.error().what, HasSubstr("did you mean 'alice'"));
}

TEST_F(AdministrationTest, PrivateKeyAsPublicOneIsRefusedAndNotRepeated) {
  const std::string text = test_support::read_file(m_bob.key_file);
  std::string key = text.substr(text.find("AGE-SECRET-KEY-"));
  key.pop_back();
  const auto added = as_alice([&](const auto& with) { return add_user(with, "bob", {key}, Replace::no); });
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().kind, ErrorKind::refused);
  EXPECT_THAT(added.error().what + added.error().hint, Not(HasSubstr(key)));
}

TEST_F(AdministrationTest, NamesFollowClansRules) {
  for (const char* name : {"", "Alice", "1x", "a b", "../x", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"})
    EXPECT_FALSE(as_alice([&](const auto& with) {
      return add_user(with, name, {m_bob.recipient}, Replace::no);
    })) << name;
}

TEST(AdminKeyTest, NewKeyIsAppendedForItsOwnerAloneAndFoundAgain) {
  const Repository repository;
  const auto none = Keyring::load({}, nullptr);
  ASSERT_TRUE(none);
  const auto made = ensure_admin_key(*none);
  ASSERT_TRUE(made) << made.error().what;
  const std::string path = repository.home(".config/sops/age/keys.txt");
  EXPECT_EQ(made->new_key_file, path);
  EXPECT_EQ(test_support::mode_of(path), 0600U);
  EXPECT_THAT(test_support::read_file(path), StartsWith("# created: 20"));
  EXPECT_THAT(test_support::read_file(path),
              HasSubstr("\n# public key: " + made->recipients[0] + "\nAGE-SECRET-KEY-1"));
  const auto found = Keyring::load({}, nullptr);
  EXPECT_EQ(found->recipients(), made->recipients);
  const auto again = ensure_admin_key(*found);
  EXPECT_EQ(again->recipients, made->recipients);
  EXPECT_EQ(again->new_key_file, "");
}

TEST(AdminKeyTest, VariableNamesTheFileAndALastLineIsEndedFirst) {
  const Repository repository;
  const std::string path = repository.home("own.txt");
  ASSERT_TRUE(base::write_text_file_atomically(path, "# mine", 0600));
  ::setenv("SOPS_AGE_KEY_FILE", path.c_str(), 1);
  const auto none = Keyring::load({}, nullptr);
  const auto made = ensure_admin_key(*none);
  ::unsetenv("SOPS_AGE_KEY_FILE");
  ASSERT_TRUE(made) << made.error().what;
  EXPECT_EQ(made->new_key_file, path);
  EXPECT_THAT(test_support::read_file(path), StartsWith("# mine\n# created"));
}

}  // namespace
}  // namespace vmcred::store
