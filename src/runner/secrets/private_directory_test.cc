// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/private_directory.h"

#include <gmock/gmock.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "credential/directory.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using test_support::bytes_of;
using test_support::credential_name;
using testing::HasSubstr;

constexpr uid_t k_user = 4711;
constexpr gid_t k_group = 4712;

class PrivateDirectoryTest : public testing::Test {
 protected:
  void SetUp() override { VMCRED_NEEDS_ROOT(); }

  static base::UniqueFd make_with_secret(const std::string& value) {
    auto directory = PrivateDirectory::make();
    EXPECT_TRUE(directory) << directory.error().what;
    const auto buffer = secret::SecretBuffer::copy_of(bytes_of(value));
    EXPECT_TRUE(directory->add(credential_name("host-a"), *buffer, k_user, k_group));
    EXPECT_TRUE(directory->hand_over(k_user, k_group));
    return std::move(*directory).take();
  }
};

TEST_F(PrivateDirectoryTest, TheDirectoryAndItsFilesAreTheUsersAlone) {
  const auto directory = make_with_secret("value");
  struct stat status{};
  ASSERT_EQ(::fstat(directory.get(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0500U);
  EXPECT_EQ(status.st_uid, k_user);
  EXPECT_EQ(status.st_gid, k_group);
  ASSERT_EQ(::fstatat(directory.get(), "host-a", &status, AT_SYMLINK_NOFOLLOW), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0400U);
  EXPECT_EQ(status.st_uid, k_user);
  EXPECT_EQ(status.st_gid, k_group);
}

TEST_F(PrivateDirectoryTest, ItIsInMemoryAndMountedNowhere) {
  const std::string before = test_support::read_file("/proc/self/mountinfo");
  const auto directory = make_with_secret("value");
  struct statfs info{};
  ASSERT_EQ(::fstatfs(directory.get(), &info), 0);
  EXPECT_TRUE(info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC) << std::hex << info.f_type;
  EXPECT_EQ(test_support::read_file("/proc/self/mountinfo"), before);
}

TEST_F(PrivateDirectoryTest, TheUserReadsEveryByteAndCanChangeNothing) {
  const std::string value = test_support::all_bytes();
  const auto directory = make_with_secret(value);
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (::setresgid(k_group, k_group, k_group) != 0 || ::setresuid(k_user, k_user, k_user) != 0)
      return "identity";
    const auto read = credential::read_credential(directory.get(), credential_name("host-a"));
    if (!read) return read.error().what;
    if (!read->equals(bytes_of(value))) return "another value";
    if (::openat(directory.get(), "host-a", O_WRONLY) >= 0) return "opened for writing";
    if (::openat(directory.get(), "new", O_WRONLY | O_CREAT, 0600) >= 0) return "made a file";
    return "well";
  });
  EXPECT_EQ(outcome.text, "well");
}

TEST_F(PrivateDirectoryTest, AnotherUserCanNotReadIt) {
  const auto directory = make_with_secret("value");
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (::setresgid(k_user + 1, k_user + 1, k_user + 1) != 0 ||
        ::setresuid(k_user + 1, k_user + 1, k_user + 1) != 0)
      return "identity";
    const auto read = credential::read_credential(directory.get(), credential_name("host-a"));
    return read ? "read it" : read.error().what;
  });
  EXPECT_THAT(outcome.text, HasSubstr("permission denied"));
}

TEST_F(PrivateDirectoryTest, TheSameNameTwiceIsAnError) {
  auto directory = PrivateDirectory::make();
  ASSERT_TRUE(directory);
  const secret::SecretBuffer empty;
  EXPECT_TRUE(directory->add(credential_name("a"), empty, k_user, k_group));
  EXPECT_FALSE(directory->add(credential_name("a"), empty, k_user, k_group));
}

TEST(PrivateDirectoryWithoutRootTest, TheErrorSaysWhatItNeeds) {
  const auto outcome = test_support::in_child([]() -> std::string {
    if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
    const auto directory = PrivateDirectory::make();
    return directory ? "made" : directory.error().what + " | " + directory.error().hint;
  });
  EXPECT_THAT(outcome.text, HasSubstr("operation not permitted | vmcred needs root's right to mount"));
}

}  // namespace
}  // namespace vmcred::runner
