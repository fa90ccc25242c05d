// SPDX-License-Identifier: Apache-2.0
// Recipients and identities as texts and files.
#include <gtest/gtest.h>

#include "age/age.h"
#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;

// Of the published test vectors.
constexpr std::string_view k_x25519_identity =
    "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

std::string recipient_text() { return parse_identity(bytes_of(k_x25519_identity)).value()->recipient(); }

// Always the same answer; counts how often it was asked for.
class FixedPassphrase : public PassphrasePrompt {
 public:
  explicit FixedPassphrase(std::string_view passphrase) : m_passphrase(passphrase) {}
  base::Result<secret::SecretBuffer> ask(std::string_view) const override {
    ++asked;
    return secret::SecretBuffer::copy_of(bytes_of(m_passphrase));
  }
  mutable int asked = 0;

 private:
  std::string_view m_passphrase;
};

std::string locked(std::string_view file, std::string_view passphrase) {
  Recipients recipients;
  recipients.push_back(passphrase_recipient(bytes_of(passphrase), 2).value());
  return test_support::text_of(encrypt(bytes_of(file), recipients, Armor::yes).value());
}

std::vector<std::byte> file_for_us() {
  Recipients recipients;
  recipients.push_back(parse_recipient(recipient_text()).value());
  return encrypt(bytes_of("secret"), recipients, Armor::no).value();
}

TEST(RecipientTest, ErrorsNameTheTextUnlessItIsSecret) {
  const auto mistyped = parse_recipient("age1qqqqqqqq");
  ASSERT_FALSE(mistyped);
  EXPECT_NE(mistyped.error().what.find("age1qqqqqqqq"), std::string::npos);
  std::string lower(k_x25519_identity);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  for (const std::string& text :
       {std::string(k_x25519_identity), " " + std::string(k_x25519_identity),
        "# created: x\n" + std::string(k_x25519_identity), lower, std::string("AGE-PLUGIN-X-1SECRETSECRET"),
        std::string("-----BEGIN OPENSSH PRIVATE KEY-----")}) {
    const auto refused = parse_recipient(text);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().what.find(text.substr(text.size() - 10)), std::string::npos);
  }
}

TEST(RecipientTest, MissingKindsSayWhatTheyNeed) {
  for (const std::string_view text : {"age1tag1qqqq", "age1tagpq1qqqq"})
    EXPECT_EQ(parse_recipient(text).error().kind, base::ErrorKind::not_yet);
}

TEST(RecipientTest, IsLowerCaseAndAnIdentityUpperCase) {
  std::string upper = recipient_text();
  for (char& letter : upper) letter = static_cast<char>(std::toupper(letter));
  EXPECT_FALSE(parse_recipient(upper));
  std::string lower(k_x25519_identity);
  for (char& letter : lower) letter = static_cast<char>(std::tolower(letter));
  EXPECT_FALSE(parse_identity(bytes_of(lower)));
  EXPECT_FALSE(parse_identity(bytes_of(recipient_text())));
}

TEST(RecipientsFileTest, SkipsCommentsAndNamesTheLine) {
  const std::string key = recipient_text();
  const auto recipients = parse_recipients("# team\n\n" + key + "\r\n" + key, "team.txt");
  ASSERT_TRUE(recipients) << recipients.error().what;
  EXPECT_EQ(recipients->size(), 2U);
  const auto wrong = parse_recipients("# team\nnobody\n", "team.txt");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().what.find("team.txt: line 2"), std::string::npos);
  EXPECT_EQ(wrong.error().what.find("nobody"), std::string::npos) << "it may be a secret";
  EXPECT_FALSE(parse_recipients("# nobody\n", "team.txt"));
  EXPECT_FALSE(parse_recipients(" " + key, "team.txt"));
  EXPECT_FALSE(parse_recipients("age1" + std::string(9000, 'q'), "team.txt"));
}

TEST(RecipientsFileTest, SkipsUnusableSshKeysOnlyWithAWarning) {
  const std::string file = "ecdsa-sha2-nistp256 AAAA me\n" + recipient_text() + "\n";
  EXPECT_FALSE(parse_recipients(file, "keys"));
  std::vector<std::string> warnings;
  const auto recipients = parse_recipients(file, "keys", &warnings);
  ASSERT_TRUE(recipients);
  EXPECT_EQ(recipients->size(), 1U);
  EXPECT_EQ(warnings.size(), 1U);
  EXPECT_FALSE(parse_recipients("sk-ssh-ed25519@openssh.com AAAA\n", "keys", &warnings));
}

TEST(IdentityFileTest, HoldsOneIdentityALine) {
  const std::string key(k_x25519_identity);
  const auto identities = parse_identities(bytes_of("# mine\n" + key + "\r\n\n" + key + "\n"), "keys.txt");
  ASSERT_TRUE(identities);
  EXPECT_EQ(identities->size(), 2U);
  EXPECT_TRUE(decrypt(file_for_us(), *identities));
  const auto wrong = parse_identities(bytes_of(key + "\n" + key + " \n"), "keys.txt");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().what.find("keys.txt: line 2"), std::string::npos);
  EXPECT_EQ(wrong.error().what.find("EGTZV"), std::string::npos);
  EXPECT_FALSE(parse_identities(bytes_of("# nothing\n"), "keys.txt"));
}

TEST(IdentityFileTest, LockedOneAsksOnceAndOnlyWhenItIsNeeded) {
  const FixedPassphrase prompt("horse");
  const auto identities = parse_identities(bytes_of(locked(k_x25519_identity, "horse")), "keys.age", &prompt);
  ASSERT_TRUE(identities);
  EXPECT_EQ(prompt.asked, 0);
  EXPECT_TRUE(decrypt(file_for_us(), *identities));
  EXPECT_TRUE(decrypt(file_for_us(), *identities));
  EXPECT_EQ(prompt.asked, 1);
}

TEST(IdentityFileTest, LockedOneIsNotAskedWhereAnotherOpens) {
  const FixedPassphrase prompt("horse");
  auto identities = parse_identities(bytes_of(locked(k_x25519_identity, "horse")), "keys.age", &prompt);
  ASSERT_TRUE(identities);
  identities->push_back(parse_identity(bytes_of(k_x25519_identity)).value());
  EXPECT_TRUE(decrypt(file_for_us(), *identities));
  EXPECT_EQ(prompt.asked, 0);
}

TEST(IdentityFileTest, LockedOneNamesItselfWhereItStaysLocked) {
  const FixedPassphrase wrong("mule");
  const std::string file = locked(k_x25519_identity, "horse");
  for (const PassphrasePrompt* prompt : {static_cast<const PassphrasePrompt*>(&wrong), {nullptr}}) {
    const auto identities = parse_identities(bytes_of(file), "keys.age", prompt);
    ASSERT_TRUE(identities);
    const auto opened = decrypt(file_for_us(), *identities);
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().what.find("keys.age"), std::string::npos);
  }
}

TEST(IdentityFileTest, TellsItsRecipients) {
  const FixedPassphrase prompt("horse");
  for (const std::string& file : {std::string(k_x25519_identity), locked(k_x25519_identity, "horse")}) {
    const auto recipients = recipients_of_identities(bytes_of(file), "keys", &prompt);
    ASSERT_TRUE(recipients) << recipients.error().what;
    ASSERT_EQ(recipients->size(), 1U);
    EXPECT_EQ(recipients->front()->text(), recipient_text());
  }
}

}  // namespace
}  // namespace vmcred::age
