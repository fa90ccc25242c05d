// SPDX-License-Identifier: Apache-2.0
#include "store/key_json.h"

#include <gmock/gmock.h>

namespace vmcred::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Type = PublicKey::Type;

TEST(KeyJsonTest, IsWrittenByteForByteAsClanDoes) {
  EXPECT_EQ(
      key_json({{Type::age, "age1b"}, {Type::pgp, "0123ABCD"}, {Type::age, "age1a"}, {Type::age, "age1b"}}),
      R"([
  {
    "publickey": "0123ABCD",
    "type": "pgp"
  },
  {
    "publickey": "age1a",
    "type": "age"
  },
  {
    "publickey": "age1b",
    "type": "age"
  }
])");
  EXPECT_EQ(key_json({}), "[]");
}

TEST(KeyJsonTest, OldFormIsOneObject) {
  const auto keys = parse_key_json(R"({"publickey": "age1a", "type": "age"})", "x");
  ASSERT_TRUE(keys);
  EXPECT_THAT(*keys, ElementsAre(PublicKey{Type::age, "age1a"}));
}

TEST(KeyJsonTest, NewFormIsSortedAndTypesAreInAnyCase) {
  const auto keys = parse_key_json(
      R"([{"type": "AGE", "publickey": "age1b"}, {"publickey": "age1a", "type": "Age", "username": "x"},
          {"type": "PGP", "publickey": "AB"}, {"type": "age", "publickey": "age1b"}])",
      "x");
  ASSERT_TRUE(keys);
  EXPECT_THAT(*keys, ElementsAre(PublicKey{Type::pgp, "AB"}, PublicKey{Type::age, "age1a"},
                                 PublicKey{Type::age, "age1b"}));
  EXPECT_THAT(*parse_key_json("[]", "x"), IsEmpty());
}

TEST(KeyJsonTest, AnythingElseNamesTheFile) {
  for (const char* text :
       {"", "1", "null", "[1]", "{}", R"({"publickey": "a"})", R"({"publickey": 1, "type": "age"})",
        R"({"publickey": "", "type": "age"})", R"({"publickey": "a", "type": "ssh"})",
        R"([{"publickey": "a", "type": "age"})", "[[[[[[[[[[]]]]]]]]]]"}) {
    const auto keys = parse_key_json(text, "sops/users/x/key.json");
    ASSERT_FALSE(keys) << text;
    EXPECT_THAT(keys.error().what, HasSubstr("sops/users/x/key.json"));
  }
}

TEST(KeyJsonTest, CommentOfAnSshKeyIsNoPartOfIt) {
  EXPECT_EQ(without_comment("ssh-ed25519 AAAA me@home with blanks"), "ssh-ed25519 AAAA");
  EXPECT_EQ(without_comment("ssh-ed25519 AAAA"), "ssh-ed25519 AAAA");
  EXPECT_EQ(without_comment("ssh-rsa"), "ssh-rsa");
  EXPECT_EQ(without_comment("age1abc"), "age1abc");
}

}  // namespace
}  // namespace vmcred::store
