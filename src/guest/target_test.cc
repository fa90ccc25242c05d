// SPDX-License-Identifier: Apache-2.0
#include "guest/target.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <cerrno>

#include "guest/test_namespaces.h"
#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

constexpr int k_mounted_well = 0;
constexpr int k_may_not_mount = 77;

credential::CredentialSet one_credential() {
  const std::string value = "value";
  credential::CredentialSet set;
  set.push_back({.name = *credential::CredentialName::parse("A"),
                 .value = *secret::SecretBuffer::copy_of(std::as_bytes(std::span(value)))});
  return set;
}

// What is checked where the mount is visible; the exit code names the first thing that does not hold.
int mount_and_look(const std::string& path) {
  if (!enter_namespaces()) return k_may_not_mount;
  const auto set = one_credential();
  if (!place_credentials(path, set, Placement::mount)) return 1;

  struct statvfs file_system{};
  if (::statvfs(path.c_str(), &file_system) != 0) return 2;
  constexpr unsigned long k_wanted = ST_RDONLY | ST_NOSUID | ST_NODEV | ST_NOEXEC;
  if ((file_system.f_flag & k_wanted) != k_wanted) return 3;
  if (base::read_text_file(path + "/A", 100).value_or("") != "value") return 4;
  struct stat file{};
  if (::stat((path + "/A").c_str(), &file) != 0 || (file.st_mode & 07777U) != 0400) return 5;
  if (base::open_file(path + "/B", O_WRONLY | O_CREAT, 0600) || errno != EROFS) return 6;
  if (place_credentials(path, set, Placement::mount)) return 7;
  return k_mounted_well;
}

TEST(PlaceCredentialsTest, MountsReadOnlyMemory) {
  const TestTree tree;
  const std::string path = tree.path("run/credentials/@system");
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) ::_exit(mount_and_look(path));
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  if (WEXITSTATUS(status) == k_may_not_mount) GTEST_SKIP() << "this host allows no user namespaces";
  EXPECT_EQ(WEXITSTATUS(status), k_mounted_well);
  EXPECT_FALSE(base::path_exists(path + "/A")) << "the file system must hold them, not the directory below";
}

}  // namespace
}  // namespace vmcred::guest
