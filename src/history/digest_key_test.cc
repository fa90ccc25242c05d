// SPDX-License-Identifier: Apache-2.0
#include "history/digest_key.h"

#include <gtest/gtest.h>

#include "support/bytes.h"
#include "support/temporary_directory.h"

namespace vmcred::history {
namespace {

using test_support::bytes_of;

class DigestKeyTest : public testing::Test {
 protected:
  DigestKey open(std::string_view name) {
    auto key = DigestKey::open(m_directory.path(name));
    EXPECT_TRUE(key) << key.error().what;
    return *std::move(key);
  }
  test_support::TemporaryDirectory m_directory;
};

TEST_F(DigestKeyTest, IsMadeOnceForRootAlone) {
  const SecretState first = open("a").state_of(bytes_of("value"));
  EXPECT_TRUE(is_same(open("a").state_of(bytes_of("value")), first));
  EXPECT_FALSE(is_same(open("a").state_of(bytes_of("Value")), first));
  EXPECT_EQ(test_support::mode_of(m_directory.path("a/key")), 0600U);
  EXPECT_EQ(test_support::status_of(m_directory.path("a/key")).st_size, 36);
}

TEST_F(DigestKeyTest, OfAnotherBootSaysNothing) {
  const SecretState first = open("a").state_of(bytes_of("value"));
  const SecretState second = open("b").state_of(bytes_of("other"));
  EXPECT_TRUE(is_same(first, second));
  EXPECT_NE(text_of(open("a").state_of(bytes_of("x"))).substr(18),
            text_of(open("b").state_of(bytes_of("x"))).substr(18));
}

TEST_F(DigestKeyTest, ThatIsNotWholeIsRefused) {
  m_directory.make_directory("a");
  m_directory.write("a/key", "short");
  EXPECT_FALSE(DigestKey::open(m_directory.path("a")));
}

}  // namespace
}  // namespace vmcred::history
