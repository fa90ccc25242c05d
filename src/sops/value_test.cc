// SPDX-License-Identifier: Apache-2.0
#include "sops/value.h"

#include <limits>

#include "sops/canonical.h"
#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

const std::string k_key(32, 'f');
constexpr std::string_view k_known =
    "ENC[AES256_GCM,data:oYyi,iv:MyIDYbT718JRr11QtBkcj3Dwm4k1aCGZBVeZf0EyV8o=,tag:t5z2Z023Up0kxwCgw1gNxg==,"
    "type:str]";

ValueCipher known_cipher() { return must(ValueCipher::with_data_key(bytes_of(k_key))); }

TEST(Value, DecryptsTheKnownAnswerOfTheSopsProgram) {
  auto cipher = known_cipher();
  const Leaf leaf = must(cipher.decrypt(k_known, "bar:"));
  EXPECT_EQ(text_of(leaf.plaintext.bytes()), "foo");
  EXPECT_EQ(leaf.type, Leaf::Type::string);
  EXPECT_EQ(leaf.ciphertext, k_known);
  EXPECT_FALSE(leaf.is_encrypted);
}

TEST(Value, IsBoundToItsPathAndKey) {
  auto cipher = known_cipher();
  EXPECT_EQ(failure_in(cipher.decrypt(k_known, "baz:")), Failure::decrypting_tree);
  EXPECT_EQ(failure_in(cipher.decrypt(k_known, "bar")), Failure::decrypting_tree);
  auto other = must(ValueCipher::with_data_key(bytes_of(std::string(32, 'g'))));
  EXPECT_EQ(failure_in(other.decrypt(k_known, "bar:")), Failure::decrypting_tree);
}

TEST(Value, EveryChangeOfOneBitIsNoticed) {
  auto cipher = known_cipher();
  for (std::size_t i = 0; i < k_known.size(); ++i)
    for (unsigned bit = 0; bit < 8; ++bit) {
      std::string text(k_known);
      text[i] = static_cast<char>(static_cast<unsigned char>(text[i]) ^ (1U << bit));
      EXPECT_EQ(failure_in(cipher.decrypt(text, "bar:")), Failure::decrypting_tree) << i << " " << bit;
    }
}

TEST(Value, EveryMissingAndDoubledByteIsNoticed) {
  auto cipher = known_cipher();
  for (std::size_t i = 0; i < k_known.size(); ++i) {
    std::string shorter(k_known);
    shorter.erase(i, 1);
    EXPECT_FALSE(cipher.decrypt(shorter, "bar:")) << i;
    std::string longer(k_known);
    longer.insert(i, 1, longer[i]);
    EXPECT_FALSE(cipher.decrypt(longer, "bar:")) << i;
  }
}

TEST(Value, RefusesWhatOtherReadersLetPass) {
  const auto refused = [](std::string_view part, std::string_view other) {
    return !parse_encrypted_value(replaced(std::string(k_known), part, other));
  };
  EXPECT_TRUE(refused("oYyi", "oY\nyi"));
  EXPECT_TRUE(refused("type:str", "type:text"));
  EXPECT_TRUE(refused("GCM", "CBC"));
  EXPECT_TRUE(refused("1gNxg==", "1gNxg="));
  EXPECT_TRUE(refused("1gNxg==", "1gNxh=="));
  EXPECT_TRUE(refused("t5z2", "t5 z2"));
  EXPECT_FALSE(refused("oYyi", "oYyj"));
  EXPECT_FALSE(parse_encrypted_value(std::string(k_known) + " "));
  EXPECT_FALSE(parse_encrypted_value(" " + std::string(k_known)));
  EXPECT_FALSE(parse_encrypted_value("ENC[AES256_GCM,data:,iv:AAAA,tag:t5z2Z023Up0kxwCgw1gNxg==,type:str]"));
  EXPECT_FALSE(parse_encrypted_value("ENC[]"));
}

TEST(Value, FormatsWhatItParsed) {
  EXPECT_EQ(format_encrypted_value(must(parse_encrypted_value(k_known))), k_known);
}

TEST(Value, EveryTypeComesBackAndEachEncryptionIsAnother) {
  auto cipher = known_cipher();
  struct Case {
    Leaf::Type type;
    std::string_view text;
  };
  for (const auto& [type, text] :
       {Case{Leaf::Type::string, "a\0b"}, Case{Leaf::Type::integer, "-12"}, Case{Leaf::Type::floating, "0.5"},
        Case{Leaf::Type::boolean, "True"}, Case{Leaf::Type::timestamp, "2026-01-02T03:04:05.123Z"},
        Case{Leaf::Type::comment, " words"}}) {
    const std::string one = must(cipher.encrypt(type, bytes_of(text), "a:"));
    EXPECT_NE(one, must(cipher.encrypt(type, bytes_of(text), "a:")));
    const Leaf leaf = must(cipher.decrypt(one, "a:"));
    EXPECT_EQ(leaf.type, type);
    EXPECT_EQ(text_of(leaf.plaintext.bytes()), text);
  }
}

std::string canonical(base::Result<Leaf> leaf) {
  return leaf ? std::string(text_of(leaf->plaintext.bytes())) : "refused";
}

std::string canonical(Leaf::Type type, std::string_view text) {
  return canonical(canonical_leaf(type, must(secret::SecretBuffer::copy_of(bytes_of(text)))));
}

TEST(Canonical, NumbersHaveTheDigitsThatGoGivesThem) {
  EXPECT_EQ(canonical(floating_leaf(0.1)), "0.1");
  EXPECT_EQ(canonical(floating_leaf(-0.0)), "-0");
  EXPECT_EQ(canonical(floating_leaf(1)), "1");
  EXPECT_EQ(canonical(floating_leaf(1234.56789)), "1234.56789");
  EXPECT_EQ(canonical(floating_leaf(1e21)), "1000000000000000000000");
  EXPECT_EQ(canonical(floating_leaf(12345678901234567890.0)), "12345678901234567000");
  EXPECT_EQ(canonical(floating_leaf(-1.5e-10)), "-0.00000000015");
  EXPECT_EQ(canonical(floating_leaf(5e-324)), "0." + std::string(323, '0') + "5");
  EXPECT_EQ(canonical(floating_leaf(std::numeric_limits<double>::max())),
            "17976931348623157" + std::string(292, '0'));
  EXPECT_EQ(canonical(floating_leaf(std::numeric_limits<double>::infinity())), "+Inf");
  EXPECT_EQ(canonical(integer_leaf(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
}

TEST(Canonical, TakesTheFormsOfOtherVersions) {
  EXPECT_EQ(canonical(Leaf::Type::integer, "+042"), "42");
  EXPECT_EQ(canonical(Leaf::Type::floating, "1.50e2"), "150");
  EXPECT_EQ(canonical(Leaf::Type::boolean, "true"), "True");
  EXPECT_EQ(canonical(Leaf::Type::boolean, "0"), "False");
}

TEST(Canonical, RefusesWhatIsNotOfItsType) {
  for (const auto type :
       {Leaf::Type::integer, Leaf::Type::floating, Leaf::Type::boolean, Leaf::Type::timestamp})
    for (const std::string_view text : {"", "x", "1 ", "+-1", "2026-02-30T00:00:00Z"})
      EXPECT_EQ(canonical(type, text), "refused") << text;
  EXPECT_EQ(canonical(Leaf::Type::integer, "9223372036854775808"), "refused");
}

}  // namespace
}  // namespace vmcred::sops
