// SPDX-License-Identifier: Apache-2.0
#include "store/keyring.h"

#include <gmock/gmock.h>

#include "age/ssh.h"
#include "store/key_sources.h"
#include "store/shell_words.h"
#include "support/store.h"

namespace vmcred::store {
namespace {

using base::ErrorKind;
using test::Person;
using test::Repository;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;

std::string secret_key_of(const Person& person) {
  const std::string text = test_support::read_file(person.key_file);
  const auto start = text.find("AGE-SECRET-KEY-");
  return text.substr(start, text.find('\n', start) - start);
}

class KeyringTest : public testing::Test {
 protected:
  KeyringTest() { std::filesystem::create_directories(m_repository.home(".ssh")); }
  ~KeyringTest() override { const Repository cleans_the_environment; }

  static Keyring load(const std::vector<std::string>& files = {}) {
    auto keyring = Keyring::load(files, nullptr);
    EXPECT_TRUE(keyring) << keyring.error().what;
    return *std::move(keyring);
  }

  // A key pair of ssh-keygen's; the public key without its comment.
  std::string make_ssh_key(const std::string& name, const std::string& passphrase = "") const {
    const std::string path = m_repository.home(name);
    const auto made = base::run_program(
        {.words = {"ssh-keygen", "-q", "-t", "ed25519", "-N", passphrase, "-C", "someone", "-f", path}});
    EXPECT_TRUE(made && made->exit_code == 0);
    const std::string text = test_support::read_file(path + ".pub");
    return text.substr(0, text.rfind(' '));
  }

  void copy_to(const Person& person, const std::string& name) const {
    const std::filesystem::path path = m_repository.home(name);
    std::filesystem::create_directories(path.parent_path());
    std::filesystem::copy_file(person.key_file, path);
  }

  Repository m_repository;
  Person m_alice = m_repository.person("alice");
  Person m_bob = m_repository.person("bob");
};

TEST_F(KeyringTest, WithoutAnySourceItIsEmptyAndNothingIsWrong) {
  const Keyring keyring = load();
  EXPECT_THAT(keyring.recipients(), IsEmpty());
  EXPECT_THAT(keyring.problems(), IsEmpty());
}

TEST_F(KeyringTest, SeveralKeysInAVariableAreFoundAndGoFromTheEnvironment) {
  const std::string keys = "# two of them\n" + secret_key_of(m_alice) + " " + secret_key_of(m_bob);
  ::setenv("SOPS_AGE_KEY", keys.c_str(), 1);
  const char* where = std::getenv("SOPS_AGE_KEY");
  EXPECT_THAT(load().recipients(), ElementsAre(m_alice.recipient, m_bob.recipient));
  EXPECT_EQ(std::getenv("SOPS_AGE_KEY"), nullptr);
  EXPECT_EQ(*where, '\0') << "the old place is overwritten";
}

TEST_F(KeyringTest, KeyOfTheProcessEnvironmentIsNotToBeSeenInProcAnyMore) {
  const std::string key = secret_key_of(m_alice);
  const auto seen = base::run_program(
      {.words = {"/proc/self/exe", "--gtest_filter=KeyringDeathHelper.*", "--gtest_also_run_disabled_tests"},
       .environment =
           std::vector<std::string>{"SOPS_AGE_KEY=" + key, "HOME=/nonexistent", "PATH=/usr/bin:/bin"}});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->exit_code, 0) << seen->output;
  EXPECT_THAT(seen->output, HasSubstr("1 test from 1 test suite ran"));
}

// Run by the test above in a process that was started with a key in its environment.
TEST(KeyringDeathHelper, DISABLED_LoadsAndLooksAtItsOwnEnvironment) {
  const auto shown = [] {
    const auto fd = base::open_file("/proc/self/environ", O_RDONLY);
    std::string text(65536, '\0');
    text.resize(*base::read_up_to(fd->get(), std::as_writable_bytes(std::span(text)), "environ"));
    return text;
  };
  ASSERT_THAT(shown(), HasSubstr("AGE-SECRET-KEY-"));
  ASSERT_TRUE(Keyring::load({}, nullptr));
  EXPECT_THAT(shown(), Not(HasSubstr("AGE-SECRET-KEY-")));
}

TEST_F(KeyringTest, FilesAreFoundWhereSopsAndClanLook) {
  const std::pair<const char*, const char*> places[] = {{"", ".config/sops/age/keys.txt"},
                                                        {"", ".config/age/identities"},
                                                        {"", ".age/key.txt"},
                                                        {"SOPS_AGE_KEY_FILE", "a"},
                                                        {"AGE_KEYFILE", "b"}};
  std::vector<std::string> expected;
  for (const auto& [variable, name] : places) {
    const Person person = m_repository.person(std::string("p") + std::to_string(expected.size()));
    copy_to(person, name);
    if (*variable != '\0') ::setenv(variable, m_repository.home(name).c_str(), 1);
    expected.push_back(person.recipient);
  }
  EXPECT_THAT(load().recipients(), testing::UnorderedElementsAreArray(expected));
}

TEST_F(KeyringTest, ConfigHomeIsTheOneOfTheVariable) {
  copy_to(m_alice, "elsewhere/sops/age/keys.txt");
  ::setenv("XDG_CONFIG_HOME", m_repository.home("elsewhere").c_str(), 1);
  EXPECT_THAT(load().recipients(), ElementsAre(m_alice.recipient));
}

TEST_F(KeyringTest, CommandIsSplitIntoWordsAndRunWithoutAShell) {
  ::setenv("SOPS_AGE_KEY_CMD", ("cat '" + m_alice.key_file + "'").c_str(), 1);
  EXPECT_THAT(load().recipients(), ElementsAre(m_alice.recipient));
  ::setenv("SOPS_AGE_KEY_CMD", ("cat " + m_alice.key_file + "; true").c_str(), 1);
  const Keyring keyring = load();
  EXPECT_THAT(keyring.recipients(), IsEmpty());
  EXPECT_THAT(keyring.problems(), ElementsAre(HasSubstr("$SOPS_AGE_KEY_CMD")));
}

TEST_F(KeyringTest, ACommandMayPrintAnSshKey) {
  const std::string ssh = make_ssh_key("elsewhere");
  ::setenv("SOPS_AGE_SSH_PRIVATE_KEY_CMD", ("cat " + m_repository.home("elsewhere")).c_str(), 1);
  EXPECT_THAT(load().recipients(), testing::Contains(ssh));
}

TEST_F(KeyringTest, ACommandThatPrintsTooMuchIsEndedAndRemembered) {
  ::setenv("SOPS_AGE_KEY_CMD", "yes", 1);
  EXPECT_THAT(load().problems(), ElementsAre(HasSubstr("'yes' printed more than 1,048,576 bytes")));
}

TEST_F(KeyringTest, BrokenSourcesAreRememberedAndDoNotHinderOthers) {
  test_support::TemporaryDirectory junk;
  ASSERT_TRUE(base::write_text_file_atomically(m_repository.home(".ssh/id_ed25519"), "no key at all", 0600));
  ::setenv("SOPS_AGE_KEY", "AGE-SECRET-KEY-BROKEN", 1);
  ::setenv("SOPS_AGE_KEY_FILE", junk.path("absent").c_str(), 1);
  copy_to(m_alice, ".config/sops/age/keys.txt");
  const Keyring keyring = load();
  EXPECT_THAT(keyring.recipients(), ElementsAre(m_alice.recipient));
  EXPECT_THAT(keyring.problems(),
              UnorderedElementsAre(HasSubstr("$SOPS_AGE_KEY"), HasSubstr("$SOPS_AGE_KEY_FILE"),
                                   HasSubstr("id_ed25519")));
  for (const auto& problem : keyring.problems()) EXPECT_THAT(problem, Not(HasSubstr("BROKEN")));
}

TEST_F(KeyringTest, FileThatWasAskedForMustBeRight) {
  const auto keyring = Keyring::load({m_repository.home("absent")}, nullptr);
  ASSERT_FALSE(keyring);
  EXPECT_THAT(keyring.error().what, HasSubstr("absent"));
}

TEST_F(KeyringTest, OfAServiceItHasItsFilesAloneAndNoIdentityThatAsks) {
  copy_to(m_bob, ".age/key.txt");
  make_ssh_key("locked", "passphrase");
  const Keyring keyring =
      Keyring::of_files({m_alice.key_file, m_repository.home("locked"), m_repository.home("none")});
  EXPECT_THAT(keyring.recipients(), ElementsAre(m_alice.recipient));
  EXPECT_THAT(keyring.problems(), ElementsAre(HasSubstr("locked: an identity with a passphrase"),
                                              HasSubstr("none: no such file")));
}

TEST_F(KeyringTest, SshKeyOpensWhatIsForItAndForTheKeyDerivedFromIt) {
  const std::string ssh = make_ssh_key(".ssh/id_ed25519");
  const Keyring keyring = load();
  const auto derived = age::x25519_recipient_of_ssh_key(ssh);
  ASSERT_TRUE(derived);
  EXPECT_THAT(keyring.recipients(), UnorderedElementsAre(ssh, (*derived)->text()));
  EXPECT_THAT(keyring.age_recipients(), IsEmpty());
  for (const auto& text : keyring.recipients()) {
    const auto recipient = age::parse_recipient(text);
    const auto file = age::encrypt(test_support::bytes_of("x"), {&*recipient, 1}, age::Armor::no);
    EXPECT_TRUE(age::decrypt(*file, keyring.identities())) << text;
  }
}

TEST_F(KeyringTest, LockedSshKeyIsNotAskedForBeforeItIsNeeded) {
  struct NeverAsked : age::PassphrasePrompt {
    base::Result<secret::SecretBuffer> ask(std::string_view) const override {
      ADD_FAILURE() << "asked for a passphrase";
      return base::Error{.kind = ErrorKind::usage, .what = "asked"};
    }
  } prompt;
  const std::string ssh = make_ssh_key(".ssh/id_ed25519", "passphrase");
  copy_to(m_alice, ".config/sops/age/keys.txt");
  const auto keyring = Keyring::load({}, &prompt);
  ASSERT_TRUE(keyring);
  EXPECT_THAT(keyring->recipients(), UnorderedElementsAre(ssh, m_alice.recipient));
  const auto recipient = age::parse_recipient(m_alice.recipient);
  const auto file = age::encrypt(test_support::bytes_of("x"), {&*recipient, 1}, age::Armor::no);
  EXPECT_TRUE(age::decrypt(*file, keyring->identities()));
}

TEST(ShellWordsTest, QuotesAndBackslashesAreAsInAShellAndNothingIsExpanded) {
  EXPECT_THAT(*split_words("a  'b c' \"d \\\" $e\" f\\ g ''"), ElementsAre("a", "b c", "d \" $e", "f g", ""));
  EXPECT_THAT(*split_words("a;b | c"), ElementsAre("a;b", "|", "c"));
  EXPECT_THAT(*split_words("  "), IsEmpty());
  EXPECT_FALSE(split_words("'open"));
  EXPECT_FALSE(split_words("open\\"));
}

}  // namespace
}  // namespace vmcred::store
