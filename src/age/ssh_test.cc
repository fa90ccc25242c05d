// SPDX-License-Identifier: Apache-2.0
#include "age/ssh.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <atomic>
#include <thread>

#include "age/age.h"
#include "age/base64.h"
#include "age/ssh_public_key.h"
#include "secret/random.h"
#include "support/bytes.h"
#include "support/ssh_keys.h"

namespace vmcred::age {
namespace {

using namespace test_support;  // NOLINT(google-build-using-namespace): the keys
using testing::HasSubstr;

class Answer : public PassphrasePrompt {
 public:
  explicit Answer(std::string_view text) : m_text(text) {}

  base::Result<secret::SecretBuffer> ask(std::string_view) const override {
    ++m_asked;
    return secret::SecretBuffer::copy_of(bytes_of(m_text));
  }

  int asked() const { return m_asked; }

 private:
  std::string m_text;
  mutable std::atomic<int> m_asked = 0;
};

Identities identity_of(std::string_view key, const PassphrasePrompt* prompt = nullptr) {
  auto identity = parse_ssh_identity(bytes_of(key), "test-key", prompt);
  EXPECT_TRUE(identity) << identity.error().what;
  Identities list;
  if (identity) list.push_back(*std::move(identity));
  return list;
}

std::vector<std::byte> encrypted_to(std::string_view recipient) {
  Recipients list;
  list.push_back(*parse_ssh_recipient(recipient));
  return *encrypt(bytes_of(k_ssh_message), list, Armor::no);
}

struct KeyPair {
  std::string_view key;
  std::string_view recipient;
  std::string_view file;
};
constexpr KeyPair k_pairs[] = {{k_ssh_plain_key, k_ssh_plain_public, k_ssh_plain_file},
                               {k_ssh_locked_key, k_ssh_locked_public, k_ssh_locked_file},
                               {k_ssh_rsa_key, k_ssh_rsa_public, k_ssh_rsa_file}};

TEST(Ssh, OpensWhatAnotherProgramSealed) {
  const Answer answer(k_ssh_passphrase);
  for (const auto& pair : k_pairs) {
    const auto opened = decrypt(bytes_of(pair.file), identity_of(pair.key, &answer));
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_EQ(text_of(opened->bytes()), k_ssh_message);
  }
}

TEST(Ssh, OpensWhatItSealed) {
  const Answer answer(k_ssh_passphrase);
  for (const auto& pair : k_pairs) {
    const auto opened = decrypt(encrypted_to(pair.recipient), identity_of(pair.key, &answer));
    ASSERT_TRUE(opened) << opened.error().what;
    EXPECT_EQ(text_of(opened->bytes()), k_ssh_message);
  }
}

TEST(Ssh, AnIdentityKnowsItsRecipientWithoutItsPassphrase) {
  for (const auto& pair : k_pairs) {
    const auto without_comment = pair.recipient.substr(0, pair.recipient.rfind(" test only"));
    EXPECT_EQ(identity_of(pair.key).front()->recipient(), without_comment);
    EXPECT_EQ((*parse_ssh_recipient(pair.recipient))->text(), without_comment);
  }
}

TEST(Ssh, AsksForThePassphraseOnceAndOnlyForAStanzaOfItsOwn) {
  const Answer answer(k_ssh_passphrase);
  const auto identities = identity_of(k_ssh_locked_key, &answer);
  EXPECT_TRUE(identities.front()->may_ask());
  const auto foreign = decrypt(bytes_of(k_ssh_plain_file), identities);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(failure_of(foreign.error()), Failure::no_match);
  EXPECT_EQ(answer.asked(), 0);

  std::vector<std::thread> threads;
  std::atomic<int> opened = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] { opened += decrypt(bytes_of(k_ssh_locked_file), identities) ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(opened, 4);
  EXPECT_EQ(answer.asked(), 1);
}

TEST(Ssh, AWrongPassphraseOrNobodyToAskIsAnError) {
  for (const auto* text : {"another passphrase", ""}) {
    const Answer answer(text);
    const auto wrong = decrypt(bytes_of(k_ssh_locked_file), identity_of(k_ssh_locked_key, &answer));
    ASSERT_FALSE(wrong);
    EXPECT_THAT(wrong.error().what, HasSubstr("test-key: the passphrase of the ssh key is wrong"));
  }
  const auto nobody = decrypt(bytes_of(k_ssh_locked_file), identity_of(k_ssh_locked_key));
  ASSERT_FALSE(nobody);
  EXPECT_THAT(nobody.error().what, HasSubstr("nobody can be asked"));
}

// The tag says that it is for us, so that what does not open was tampered with.
TEST(Ssh, AStanzaForUsThatDoesNotOpenIsAHeaderFailure) {
  for (const auto& pair : {k_pairs[0], k_pairs[2]}) {
    const auto recipient = *parse_ssh_recipient(pair.recipient);
    auto stanzas = *recipient->wrap(std::vector<std::byte>(k_file_key_bytes));
    stanzas[0].body[5] ^= std::byte{1};
    const auto opened = identity_of(pair.key).front()->unwrap(stanzas);
    ASSERT_FALSE(opened);
    EXPECT_EQ(failure_of(opened.error()), Failure::header);
    stanzas[0].body.pop_back();
    const auto shorter = identity_of(pair.key).front()->unwrap(stanzas);
    ASSERT_FALSE(shorter);
    EXPECT_EQ(failure_of(shorter.error()), Failure::header);
  }
}

TEST(Ssh, AStanzaOfAnotherKeyIsNotOurs) {
  const auto stanzas =
      *(*parse_ssh_recipient(k_ssh_locked_public))->wrap(std::vector<std::byte>(k_file_key_bytes));
  const auto opened = identity_of(k_ssh_plain_key).front()->unwrap(stanzas);
  ASSERT_TRUE(opened);
  EXPECT_FALSE(opened->has_value());
}

TEST(Ssh, MalformedStanzasAreHeaderFailures) {
  const auto stanzas =
      *(*parse_ssh_recipient(k_ssh_plain_public))->wrap(std::vector<std::byte>(k_file_key_bytes));
  const auto tag = stanzas[0].arguments[0];
  const auto share = stanzas[0].arguments[1];
  const std::vector<std::vector<std::string>> malformed = {{},
                                                           {tag},
                                                           {tag, share, share},
                                                           {tag, share + "="},
                                                           {tag, share.substr(1)},
                                                           {tag, encode_base64(std::vector<std::byte>(31))}};
  for (const auto& arguments : malformed) {
    const Stanza stanza{.type = "ssh-ed25519", .arguments = arguments, .body = stanzas[0].body};
    const auto opened = identity_of(k_ssh_plain_key).front()->unwrap({&stanza, 1});
    ASSERT_FALSE(opened);
    EXPECT_EQ(failure_of(opened.error()), Failure::header);
  }
  const Stanza low_order{.type = "ssh-ed25519",
                         .arguments = {tag, encode_base64(std::vector<std::byte>(32))},
                         .body = stanzas[0].body};
  const auto opened = identity_of(k_ssh_plain_key).front()->unwrap({&low_order, 1});
  ASSERT_FALSE(opened);
  EXPECT_EQ(failure_of(opened.error()), Failure::header);
}

TEST(Ssh, RefusesRecipientsThatItCannotEncryptTo) {
  const std::string plain(k_ssh_plain_public.substr(0, k_ssh_plain_public.rfind(" test")));
  const struct {
    std::string text;
    std::string what;
  } bad[] = {
      {std::string(k_ssh_ecdsa_public), "'ecdsa-sha2-nistp256' can't encrypt"},
      {"sk-ssh-ed25519@openssh.com AAAA", "'sk-ssh-ed25519@openssh.com' can't encrypt"},
      {"ssh-ed25519", "malformed ssh-ed25519"},
      {"ssh-ed25519 !", "malformed ssh-ed25519"},
      {plain.substr(0, plain.size() - 4), "malformed ssh-ed25519"},
      {plain + "AAAA", "malformed ssh-ed25519"},
      {"ssh-rsa " + plain.substr(12), "malformed ssh-rsa"},
      {"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAAwEAAQ==", "17 bits: too few"},
  };
  for (const auto& row : bad) {
    const auto recipient = parse_ssh_recipient(row.text);
    ASSERT_FALSE(recipient) << row.text;
    EXPECT_THAT(recipient.error().what, HasSubstr(row.what));
  }
}

TEST(Ssh, DerivesTheX25519KeyPairOfSshToAge) {
  const auto identity = x25519_identity_of_ssh_key(bytes_of(k_ssh_plain_key), "test-key", nullptr);
  const auto recipient = x25519_recipient_of_ssh_key(k_ssh_plain_public);
  ASSERT_TRUE(identity && recipient);
  EXPECT_EQ((*identity)->recipient(), (*recipient)->text());
  EXPECT_THAT((*recipient)->text(), testing::StartsWith("age1"));

  Recipients recipients;
  recipients.push_back(*x25519_recipient_of_ssh_key(k_ssh_plain_public));
  const auto file = encrypt(bytes_of(k_ssh_message), recipients, Armor::no);
  ASSERT_TRUE(file);
  EXPECT_FALSE(decrypt(*file, identity_of(k_ssh_plain_key))) << "the ssh key itself is another recipient";
  Identities derived;
  derived.push_back(*x25519_identity_of_ssh_key(bytes_of(k_ssh_plain_key), "test-key", nullptr));
  EXPECT_TRUE(decrypt(*file, derived));
}

TEST(Ssh, DerivesTheRecipientThatSshToAgePublishes) {
  const auto recipient = x25519_recipient_of_ssh_key(
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOHz+U0YtjINc54dZiJNclfmEFifF7RXCFlNlTbuZBji");
  ASSERT_TRUE(recipient);
  EXPECT_EQ((*recipient)->text(), "age17044m9wgakla6pzftf4srtl3h5mcsr85jysgt5fg23zpnta8sfdqhzn452");
}

TEST(Ssh, DerivesNoAgeKeyFromRsa) {
  EXPECT_FALSE(x25519_identity_of_ssh_key(bytes_of(k_ssh_rsa_key), "test-key", nullptr));
  EXPECT_FALSE(x25519_recipient_of_ssh_key(k_ssh_rsa_public));
}

}  // namespace
}  // namespace vmcred::age
