// SPDX-License-Identifier: Apache-2.0
#include "runner/host/runtime_directory.h"

#include <gmock/gmock.h>
#include <cstdlib>

#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using testing::HasSubstr;

TEST(RuntimeDirectoryTest, IsChosenInThisOrder) {
  struct Row {
    const char* about;
    const char* chosen;
    const char* unit;
    const char* session;
    bool root;
    const char* directory;
  };
  const Row rows[] = {
      {"all are set", "/a", "/run/unit", "/run/user/1", false, "/a/x"},
      {"a unit's own", nullptr, "/run/unit", "/run/user/1", false, "/run/unit"},
      {"empty counts as unset", "", "", "/run/user/1", false, "/run/user/1/vmcred/x"},
      {"a user's session", nullptr, nullptr, "/run/user/1", false, "/run/user/1/vmcred/x"},
      {"none", nullptr, nullptr, nullptr, false,
       "host: set VMCRED_RUNTIME_DIR to a directory that only you can write"},
      {"root's", nullptr, nullptr, "/run/user/0", true, "/run/vmcred/x"},
      {"root, a unit's own", nullptr, "/run/unit", nullptr, true, "/run/unit"},
      {"root, chosen", "/a", nullptr, nullptr, true, "/a/x"},
  };
  for (const auto& row : rows) {
    if (row.root && ::geteuid() != 0) continue;
    const auto outcome = test_support::in_child([&]() -> std::string {
      const auto set = [](const char* name, const char* value) {
        value == nullptr ? ::unsetenv(name) : ::setenv(name, value, 1);
      };
      set("VMCRED_RUNTIME_DIR", row.chosen);
      set("RUNTIME_DIRECTORY", row.unit);
      set("XDG_RUNTIME_DIR", row.session);
      if (!row.root)
        if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
      const auto directory = runtime_directory("x");
      if (directory) return *directory;
      return (directory.error().kind == ErrorKind::host ? "host: " : "") + directory.error().hint;
    });
    EXPECT_EQ(outcome.text, row.directory) << row.about;
  }
}

class MakeRuntimeDirectoryTest : public testing::Test {
 protected:
  base::Error refusal() const {
    auto made = make_runtime_directory(m_path, m_self);
    EXPECT_FALSE(made);
    return made ? base::Error{.kind = ErrorKind::usage, .what = "made"} : std::move(made).error();
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_path = m_tree.path("vms/x");
  Identity m_self{.name = "", .uid = ::geteuid(), .gid = ::getegid(), .groups = {}};
};

TEST_F(MakeRuntimeDirectoryTest, IsTheUsersAloneWhateverTheUmask) {
  for (const mode_t mask : {0U, 022U, 077U}) {
    const mode_t before = ::umask(mask);
    std::filesystem::remove_all(m_tree.path("vms"));
    const auto made = make_runtime_directory(m_path, m_self);
    ::umask(before);
    ASSERT_TRUE(made) << made.error().what;
    EXPECT_EQ(test_support::mode_of(m_path), 0700U);
    EXPECT_EQ(test_support::mode_of(m_tree.path("vms")), 0755U);
  }
}

TEST_F(MakeRuntimeDirectoryTest, OneThatIsThereIsTakenWithWhatIsInIt) {
  ASSERT_TRUE(make_runtime_directory(m_path, m_self));
  m_tree.write("vms/x/qmp.sock", "");
  const auto again = make_runtime_directory(m_path, m_self);
  EXPECT_TRUE(again) << again.error().what;
  EXPECT_TRUE(base::path_exists(m_path + "/qmp.sock"));
}

TEST_F(MakeRuntimeDirectoryTest, OneThatOthersMayEnterIsRefused) {
  m_tree.make_directory("vms");
  m_tree.make_directory("vms/x");
  for (const mode_t mode : {0755U, 0750U, 0701U, 0720U}) {
    ASSERT_EQ(::chmod(m_path.c_str(), mode), 0);
    const auto error = refusal();
    EXPECT_EQ(error.kind, ErrorKind::refused);
    EXPECT_THAT(error.what, HasSubstr("is open to others, expected user "));
    EXPECT_EQ(error.hint, "remove it: rm -r " + m_path);
    EXPECT_EQ(test_support::mode_of(m_path), mode) << "it was changed";
  }
}

TEST_F(MakeRuntimeDirectoryTest, WhatIsNoDirectoryIsRefused) {
  m_tree.make_directory("vms");
  m_tree.make_directory("elsewhere", 0700);
  m_tree.make_link("vms/x", m_tree.path("elsewhere"));
  EXPECT_THAT(refusal().what, HasSubstr(m_path));
  ASSERT_EQ(::unlink(m_path.c_str()), 0);
  m_tree.write("vms/x", "");
  EXPECT_THAT(refusal().what, HasSubstr("not a directory"));
}

TEST_F(MakeRuntimeDirectoryTest, RootMakesItForTheVmsUser) {
  VMCRED_NEEDS_ROOT();
  const Identity user{.name = "x", .uid = 4711, .gid = 4712, .groups = {}};
  ASSERT_TRUE(make_runtime_directory(m_path, user));
  EXPECT_EQ(test_support::status_of(m_path).st_uid, 4711U);
  EXPECT_EQ(test_support::status_of(m_path).st_gid, 4712U);
  EXPECT_EQ(test_support::mode_of(m_path), 0700U);
  EXPECT_EQ(test_support::status_of(m_tree.path("vms")).st_uid, 0U);
}

TEST_F(MakeRuntimeDirectoryTest, OneOfAnotherUserIsRefused) {
  VMCRED_NEEDS_ROOT();
  m_tree.make_directory("vms");
  m_tree.make_directory("vms/x", 0700);
  test_support::give_to(m_path, 4711);
  const auto error = refusal();
  EXPECT_EQ(error.kind, ErrorKind::refused);
  EXPECT_THAT(error.what, HasSubstr("belongs to user 4711"));
  EXPECT_EQ(test_support::status_of(m_path).st_uid, 4711U) << "it was taken over";
}

}  // namespace
}  // namespace vmcred::runner
