// SPDX-License-Identifier: Apache-2.0
#include "runner/host/identity.h"

#include <gmock/gmock.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>

#include "base/text.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

TEST(FindIdentityTest, AMissingUserComesWithTheCommandThatMakesIt) {
  auto vm = test_support::machine();
  vm.user = "vmcred-no-such-user";
  const auto identity = find_identity(vm);
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().kind, ErrorKind::host);
  EXPECT_EQ(identity.error().what, "user 'vmcred-no-such-user' doesn't exist");
  EXPECT_EQ(identity.error().hint,
            "make it: useradd --system --no-create-home --shell /usr/sbin/nologin vmcred-no-such-user");
}

TEST(FindIdentityTest, RootIsRefused) {
  auto vm = test_support::machine();
  vm.user = "root";
  const auto identity = find_identity(vm);
  ASSERT_FALSE(identity);
  EXPECT_EQ(identity.error().kind, ErrorKind::refused);
  EXPECT_THAT(identity.error().what, HasSubstr("a VM never runs as root"));
}

TEST(FindIdentityTest, FindsTheUserWithItsGroups) {
  auto vm = test_support::machine();
  vm.user = "nobody";
  const passwd* entry = ::getpwnam("nobody");
  if (entry == nullptr) GTEST_SKIP() << "this system has no user 'nobody'";
  const uid_t uid = entry->pw_uid;
  const gid_t gid = entry->pw_gid;
  const auto identity = find_identity(vm);
  ASSERT_TRUE(identity) << identity.error().what;
  EXPECT_EQ(identity->uid, uid);
  EXPECT_EQ(identity->gid, gid);
  EXPECT_THAT(identity->groups, testing::Contains(gid));
}

const Identity k_identity{.name = "someone", .uid = 4711, .gid = 4712, .groups = {4712, 4713}};

// The line of /proc/self/status with this name.
std::string status_line(const std::string& status, const std::string& name) {
  const auto start = status.find("\n" + name + ":\t");
  if (start == std::string::npos) return name + " is missing";
  return status.substr(start + 1, status.find('\n', start + 1) - start - 1);
}

TEST(BecomeTest, LeavesNothingOfRoot) {
  VMCRED_NEEDS_ROOT();
  const auto outcome = test_support::in_child([]() -> std::string {
    const auto done = become(k_identity);
    return done ? test_support::read_file("/proc/self/status") : done.error().what;
  });
  for (const auto* line :
       {"Uid:\t4711\t4711\t4711\t4711", "Gid:\t4712\t4712\t4712\t4712", "Groups:\t4712 4713 ",
        "CapInh:\t0000000000000000", "CapPrm:\t0000000000000000", "CapEff:\t0000000000000000",
        "CapBnd:\t0000000000000000", "CapAmb:\t0000000000000000", "NoNewPrivs:\t1"}) {
    const std::string text = line;
    EXPECT_EQ(status_line(outcome.text, text.substr(0, text.find(':'))), text);
  }
}

TEST(BecomeTest, ThereIsNoWayBack) {
  VMCRED_NEEDS_ROOT();
  const auto outcome = test_support::in_child([]() -> std::string {
    if (const auto done = become(k_identity); !done) return done.error().what;
    if (::setuid(0) == 0 || ::setresuid(0, 0, 0) == 0) return "became root";
    if (::setgid(0) == 0 || ::setgroups(0, nullptr) == 0) return "changed groups";
    if (::prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0) return "took no_new_privs back";
    return "no way back";
  });
  EXPECT_EQ(outcome.text, "no way back");
}

// A set-user-ID program is the usual ladder.
TEST(BecomeTest, ASetUserIdProgramGivesNothing) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  const std::string program = tree.write("id", test_support::read_file("/usr/bin/id"), 04755);
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (const auto done = become(k_identity); !done) return done.error().what;
    ::execl(program.c_str(), program.c_str(), "-u", nullptr);
    return "exec failed";
  });
  EXPECT_EQ(outcome.text, "4711\n");
}

TEST(BecomeTest, FailsForOneWhoIsNotRoot) {
  const auto outcome = test_support::in_child([]() -> std::string {
    if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
    return become(k_identity) ? "became someone" : "failed";
  });
  EXPECT_EQ(outcome.text, "failed");
}

}  // namespace
}  // namespace vmcred::runner
