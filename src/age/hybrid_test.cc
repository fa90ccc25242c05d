// SPDX-License-Identifier: Apache-2.0
// Post-quantum recipients and identities.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <algorithm>

#include "age/age.h"
#include "age/base64.h"
#include "age/bech32.h"
#include "age/file_key.h"
#include "crypto/digest.h"
#include "crypto/ml_kem.h"
#include "support/bytes.h"
#include "support/hex.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;
using test_support::to_hex;
using testing::ElementsAre;
using testing::HasSubstr;

// Of the published test vectors.
constexpr std::string_view k_secret_key =
    "AGE-SECRET-KEY-PQ-143WN7DCXU4G8R5AXQSSYD9AEPYDNT3HXSLWSPK36CDU6E8M59SSS8XZSCQ";

class HybridTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!crypto::ml_kem_is_available())
      GTEST_SKIP() << "libcrypto lacks ML-KEM-768, which OpenSSL has from 3.5 on";
  }
};

std::unique_ptr<const Identity> identity_of(std::string_view secret_key) {
  return parse_identity(bytes_of(secret_key)).value();
}

std::unique_ptr<const Recipient> recipient_of(std::string_view secret_key) {
  return parse_recipient(identity_of(secret_key)->recipient()).value();
}

std::vector<std::byte> encrypted(std::string_view text, const Recipients& recipients) {
  return encrypt(bytes_of(text), recipients, Armor::no).value();
}

TEST(HybridKeysTest, AreReadOrRefusedWithWhatTheyNeed) {
  const bool available = crypto::ml_kem_is_available();
  const auto generated = generate_hybrid_identity();
  const auto identity = parse_identity(bytes_of(k_secret_key));
  ASSERT_EQ(generated.has_value(), available);
  ASSERT_EQ(identity.has_value(), available);
  if (available) return;
  for (const base::Error& error :
       {generated.error(), identity.error(), parse_recipient("age1pq1qqqq").error()}) {
    EXPECT_EQ(error.kind, base::ErrorKind::host);
    EXPECT_THAT(error.what, HasSubstr("need OpenSSL 3.5"));
  }
}

TEST_F(HybridTest, RecipientIsTheOneThatOthersName) {
  const std::string text = identity_of(k_secret_key)->recipient();
  EXPECT_EQ(text.size(), 1959U);
  EXPECT_THAT(text, testing::StartsWith("age1pq1"));
  EXPECT_EQ(to_hex(crypto::sha256({bytes_of(text)})),
            "7b14d1da8e11a4d5a1f9caaf2bfb736d1cad3dcefa58c949480d3059048ad5c5");
  EXPECT_EQ(parse_recipient(text).value()->text(), text);
}

TEST_F(HybridTest, KeysOfOtherSizesCasesOrPrefixesAreRefused) {
  const std::string secret(32, 's');
  const std::string key(1216, 'k');
  for (const std::string& text :
       {encode_bech32("age1pq", bytes_of(key.substr(1))), encode_bech32("age1pq", bytes_of(key + "k")),
        encode_bech32("age1pq", bytes_of(secret)), encode_bech32("AGE1PQ", bytes_of(key))}) {
    const auto recipient = parse_recipient(text);
    ASSERT_FALSE(recipient) << text;
    EXPECT_EQ(recipient.error().kind, base::ErrorKind::config);
  }
  for (const std::string& text : {encode_bech32("AGE-SECRET-KEY-PQ-", bytes_of(secret + "s")),
                                  encode_bech32("age-secret-key-pq-", bytes_of(secret))}) {
    const auto identity = parse_identity(bytes_of(text));
    ASSERT_FALSE(identity);
    EXPECT_EQ(identity.error().kind, base::ErrorKind::config);
    EXPECT_EQ(identity.error().what.find(text.substr(20, 10)), std::string::npos) << "it is secret";
  }
}

TEST_F(HybridTest, KeyThatIsNobodysIsRefusedWhenItIsUsed) {
  const std::string out_of_range(1216, '\xff');
  Recipients recipients;
  recipients.push_back(parse_recipient(encode_bech32("age1pq", bytes_of(out_of_range))).value());
  const auto file = encrypt(bytes_of("secret"), recipients, Armor::no);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().kind, base::ErrorKind::config);
  EXPECT_THAT(file.error().what, HasSubstr("nobody's public key"));
}

TEST_F(HybridTest, EachOfTwoRecipientsOpensAFileAndNobodyElse) {
  const auto other = generate_hybrid_identity();
  const auto stranger = generate_hybrid_identity();
  ASSERT_TRUE(other && stranger);
  Recipients recipients;
  recipients.push_back(recipient_of(k_secret_key));
  recipients.push_back(parse_recipient(other->recipient).value());
  const auto file = encrypted("secret", recipients);
  for (const crypto::Bytes secret_key : {bytes_of(k_secret_key), other->secret_key.bytes()}) {
    Identities identities;
    identities.push_back(parse_identity(secret_key).value());
    const auto plaintext = decrypt(file, identities);
    ASSERT_TRUE(plaintext) << plaintext.error().what;
    EXPECT_TRUE(plaintext->equals(bytes_of("secret")));
  }
  Identities strangers;
  strangers.push_back(parse_identity(stranger->secret_key.bytes()).value());
  strangers.push_back(parse_identity(generate_identity()->secret_key.bytes()).value());
  const auto refused = decrypt(file, strangers);
  ASSERT_FALSE(refused);
  EXPECT_EQ(failure_of(refused.error()), Failure::no_match);
}

// What protects against quantum computers must not stand beside what does not.
TEST_F(HybridTest, SharesNoFileWithOtherKinds) {
  EXPECT_THAT(recipient_of(k_secret_key)->labels().value(), ElementsAre("postquantum"));
  for (const bool hybrid_first : {true, false}) {
    Recipients recipients;
    recipients.push_back(recipient_of(k_secret_key));
    recipients.push_back(parse_recipient(generate_identity()->recipient).value());
    if (!hybrid_first) std::swap(recipients[0], recipients[1]);
    const auto file = encrypt(bytes_of("secret"), recipients, Armor::no);
    ASSERT_FALSE(file);
    EXPECT_THAT(file.error().what, HasSubstr("can't share a file"));
  }
}

TEST_F(HybridTest, MalformedStanzaIsAHeaderFailureEvenBesideOneThatOpens) {
  const auto file_key = new_file_key();
  ASSERT_TRUE(file_key);
  const Stanza right = recipient_of(k_secret_key)->wrap(file_key->bytes())->front();
  const auto identity = identity_of(k_secret_key);
  EXPECT_TRUE(identity->unwrap(std::span(&right, 1)).value()->equals(file_key->bytes()));
  const auto ciphertext = *decode_base64(right.arguments.front());
  Stanza short_ciphertext = right;
  short_ciphertext.arguments = {encode_base64(std::span(ciphertext).first(ciphertext.size() - 1))};
  Stanza two_arguments = right;
  two_arguments.arguments.emplace_back("more");
  Stanza long_body = right;
  long_body.body.emplace_back();
  auto zero_share = ciphertext;
  std::fill(zero_share.end() - 32, zero_share.end(), std::byte{0});
  Stanza low_order = right;
  low_order.arguments = {encode_base64(zero_share)};
  for (const Stanza& wrong : {short_ciphertext, two_arguments, long_body, low_order}) {
    const auto unwrapped = identity->unwrap(std::vector<Stanza>{wrong, right});
    ASSERT_FALSE(unwrapped);
    EXPECT_EQ(failure_of(unwrapped.error()), Failure::header);
  }
}

TEST_F(HybridTest, IdentityFileTellsItsRecipients) {
  const std::string file = "# mine\n" + std::string(k_secret_key) + "\n";
  const auto recipients = recipients_of_identities(bytes_of(file), "keys.txt");
  ASSERT_TRUE(recipients) << recipients.error().what;
  ASSERT_EQ(recipients->size(), 1U);
  EXPECT_EQ(recipients->front()->text(), identity_of(k_secret_key)->recipient());
}

}  // namespace
}  // namespace vmcred::age
