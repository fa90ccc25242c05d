// SPDX-License-Identifier: Apache-2.0
#include "credential/directory.h"

#include <gmock/gmock.h>

#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::credential {
namespace {

using base::ErrorKind;
using test_support::bytes_of;
using testing::HasSubstr;

class CredentialsDirectoryTest : public testing::Test {
 protected:
  CredentialsDirectoryTest() { m_tree.make_directory("d", 0700); }

  base::Result<secret::SecretBuffer> read(std::string_view name) const {
    const auto directory = open_directory(m_path);
    EXPECT_TRUE(directory) << directory.error().what;
    return read_credential(directory->get(), *CredentialName::parse(name));
  }
  std::string failure(std::string_view name) const {
    const auto value = read(name);
    EXPECT_FALSE(value) << name;
    if (value) return "read";
    EXPECT_EQ(value.error().kind, ErrorKind::credential);
    return value.error().what;
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_path = m_tree.path("d");
};

TEST_F(CredentialsDirectoryTest, FilesAsSystemdMakesThemAreRead) {
  for (const mode_t mode : {0400U, 0440U}) {
    m_tree.write("d/host-api-key", test_support::all_bytes(), mode);
    const auto value = read("host-api-key");
    ASSERT_TRUE(value) << value.error().what;
    EXPECT_TRUE(value->equals(bytes_of(test_support::all_bytes())));
    ASSERT_EQ(::unlink(m_tree.path("d/host-api-key").c_str()), 0);
  }
}

TEST_F(CredentialsDirectoryTest, OneThatOthersMayEnterIsRefused) {
  struct Row {
    mode_t mode;
    bool opens;
  };
  const Row rows[] = {{0500, true},  {0550, true},  {0700, true},  {0750, true},
                      {0555, false}, {0501, false}, {0504, false}, {0502, false},
                      {0570, false}, {0520, false}, {0755, false}, {0777, false}};
  for (const auto& row : rows) {
    ASSERT_EQ(::chmod(m_path.c_str(), row.mode), 0);
    const auto directory = open_directory(m_path);
    EXPECT_EQ(directory.has_value(), row.opens) << std::oct << row.mode;
    if (row.opens) continue;
    EXPECT_EQ(directory.error().kind, ErrorKind::refused);
    EXPECT_EQ(directory.error().what, "credentials directory " + m_path + " is open to other users");
    EXPECT_THAT(directory.error().hint, HasSubstr("LoadCredential="));
  }
}

TEST_F(CredentialsDirectoryTest, WhatIsNoDirectoryIsNamed) {
  struct Row {
    std::string path;
    const char* reason;
  };
  const Row rows[] = {{m_tree.path("missing"), "no such file or directory"},
                      {m_tree.write("file", ""), "not a directory"},
                      {m_tree.make_fifo("fifo"), "not a directory"}};
  for (const auto& row : rows) {
    const auto directory = open_directory(row.path);
    ASSERT_FALSE(directory) << row.path;
    EXPECT_EQ(directory.error().kind, ErrorKind::credential);
    EXPECT_EQ(directory.error().what, "credentials directory " + row.path + ": " + row.reason);
  }
}

// R11 fixes the words.
TEST_F(CredentialsDirectoryTest, AMissingOneIsNamed) {
  for (const std::string name : {"host-api-key", "host-db-password", "host-jwt-secret", "host-x"})
    EXPECT_EQ(failure(name), name + " not found in credentials directory");
}

TEST_F(CredentialsDirectoryTest, LinksAreNotFollowed) {
  m_tree.write("outside", "x");
  m_tree.make_link("d/host-x", "../outside");
  m_tree.make_link("d/host-y", m_tree.path("outside"));
  m_tree.make_link("d/host-z", "nowhere");
  for (const std::string name : {"host-x", "host-y", "host-z"})
    EXPECT_EQ(failure(name), name + " in credentials directory: too many levels of symbolic links");
}

TEST_F(CredentialsDirectoryTest, WhatIsNoFileIsRefusedWithoutWaiting) {
  m_tree.make_fifo("d/host-fifo");
  m_tree.make_directory("d/host-directory");
  const auto outcome = test_support::in_child([&]() -> std::string {
    ::alarm(20);
    return failure("host-fifo") + "\n" + failure("host-directory");
  });
  ASSERT_TRUE(outcome.exited_with(0)) << "it waited for a writer";
  EXPECT_EQ(outcome.text,
            "host-fifo in credentials directory: expected a regular file\n"
            "host-directory in credentials directory: expected a regular file");
}

TEST_F(CredentialsDirectoryTest, SystemdsLimitHolds) {
  m_tree.write("d/host-x", std::string(k_max_credential_bytes, 'x'));
  EXPECT_TRUE(read("host-x"));
  m_tree.write("d/host-x", std::string(k_max_credential_bytes + 1, 'x'));
  EXPECT_EQ(failure("host-x"),
            "host-x in credentials directory: has 1,048,577 bytes, the limit is 1,048,576 bytes");
}

TEST_F(CredentialsDirectoryTest, AnUnreadableOneIsNamed) {
  m_tree.write("d/host-x", "x", 0);
  ASSERT_EQ(::chmod(m_path.c_str(), 0700), 0);
  if (::geteuid() == 0) test_support::give_to(m_path, test_support::k_nobody);
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
    return failure("host-x");
  });
  EXPECT_EQ(outcome.text, "host-x in credentials directory: permission denied");
}

}  // namespace
}  // namespace vmcred::credential
