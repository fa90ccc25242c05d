// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/encrypted_secret.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <cstdlib>

#include "base/text.h"
#include "support/bytes.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using testing::HasSubstr;

// R103. In place of systemd-creds stands a program that turns capitals into small letters, for one name.
class EncryptedSecretTest : public testing::Test {
 protected:
  EncryptedSecretTest() {
    m_tree.make_directory("bin");
    use("[ \"$*\" = 'decrypt --name=host-x - -' ] && tr A-Z a-z");
    const char* path = std::getenv("PATH");
    m_path = path == nullptr ? "" : path;
    ::setenv("PATH", base::concat(m_tree.path("bin"), ":", m_path).c_str(), 1);
  }
  ~EncryptedSecretTest() override { ::setenv("PATH", m_path.c_str(), 1); }

  void use(std::string_view script) {
    m_tree.write("bin/systemd-creds", base::concat("#!/bin/sh\n", script, "\n"), 0755);
  }
  base::Result<secret::SecretBuffer> read(std::string_view name = "host-x") {
    return read_encrypted_secret(m_tree.write("x.cred", "SEALED"), *credential::CredentialName::parse(name));
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_path;
};

TEST_F(EncryptedSecretTest, ComesThroughAPipe) {
  const auto value = read();
  ASSERT_TRUE(value) << value.error().what;
  EXPECT_TRUE(value->equals(test_support::bytes_of("sealed")));
}

TEST_F(EncryptedSecretTest, IsAnErrorUnlessItOpens) {
  const auto value = read("host-y");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().kind, base::ErrorKind::credential);
  EXPECT_THAT(value.error().what, HasSubstr("x.cred: systemd-creds does not open it as 'host-y'"));
  EXPECT_THAT(value.error().hint, HasSubstr("systemd-creds decrypt --name=host-y"));
}

TEST_F(EncryptedSecretTest, IsNeverAPart) {
  use("printf half; exit 1");
  EXPECT_FALSE(read());
  use("exec cat /dev/zero");
  const auto value = read();
  ASSERT_FALSE(value);
  EXPECT_THAT(value.error().what, HasSubstr("larger than 1,048,576 bytes"));
}

TEST_F(EncryptedSecretTest, MustBeThere) {
  EXPECT_FALSE(read_encrypted_secret(m_tree.path("none"), *credential::CredentialName::parse("host-x")));
}

}  // namespace
}  // namespace vmcred::runner
