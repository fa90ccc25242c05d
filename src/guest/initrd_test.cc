// SPDX-License-Identifier: Apache-2.0
// `init --root`, as a kernel would start it, in mounts of its own.
#include "guest/initrd.h"

#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "credential/archive.h"
#include "guest/init.h"
#include "guest/test_namespaces.h"
#include "guest/test_tree.h"
#include "support/child.h"

namespace vmcred::guest {
namespace {

using test_support::bytes_of;
using test_support::in_child;
using testing::HasSubstr;
using testing::Not;

const std::string k_may_not_mount = "may not mount";

std::string archive() {
  credential::CredentialSet set;
  for (const char* name : {"A", "B"})
    set.push_back({.name = *credential::CredentialName::parse(name),
                   .value = *secret::SecretBuffer::copy_of(bytes_of("canary"))});
  std::string text(credential::archive_size(credential::archived_outlines(set)), '\0');
  credential::write_archive(set, std::as_writable_bytes(std::span(text)));
  return text;
}

// An initrd, unpacked.
class InitrdTest : public testing::Test {
 protected:
  InitrdTest() {
    m_tree.write(".vmcred/credentials", archive());
    m_tree.write(".vmcred/next", "/next init");
    m_tree.write(".vmcred/init", "?");
    m_tree.write("next init",
                 "#!/bin/sh\n"
                 "echo \"$@\"; echo \"$CREDENTIALS_DIRECTORY\"; cd \"$CREDENTIALS_DIRECTORY\"; cat A B\n");
    ::chmod(m_tree.path("next init").c_str(), 0755);
  }

  // What the next init, or the error, says.
  std::string start(const std::vector<std::string>& arguments = {}) const {
    std::vector<std::string> words{"init", "--root", m_tree.path(), "--"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const auto outcome = in_child([&]() -> std::string {
      if (!enter_namespaces()) return k_may_not_mount;
      return run_guest(words).error;
    });
    return outcome.text;
  }

  TestTree m_tree;
};

TEST_F(InitrdTest, PlacesTheSetAndBecomesTheNextInit) {
  const std::string text = start({"one", "two three", "--four"});
  if (text == k_may_not_mount) GTEST_SKIP() << "this host allows no user namespaces";
  EXPECT_EQ(text, "one two three --four\n" + m_tree.path("run/credentials/@system") + "\ncanarycanary");
  EXPECT_FALSE(base::path_exists(m_tree.path(".vmcred")));
  EXPECT_FALSE(base::path_exists(m_tree.path("run/credentials"))) << "they belong onto a tmpfs";
}

TEST_F(InitrdTest, UsesTheRunThatIsThere) {
  const auto outcome = in_child([&]() -> std::string {
    const std::string run = m_tree.path("run");
    ::mkdir(run.c_str(), 0755);
    if (!enter_namespaces() || ::mount("tmpfs", run.c_str(), "tmpfs", 0, "mode=0711") != 0)
      return k_may_not_mount;
    m_tree.write("run/mark", "");
    const auto next = take_from_initrd(m_tree.path());
    if (!next) return next.error().what;
    struct statvfs file_system{};
    if (::statvfs(m_tree.path("run/credentials/@system").c_str(), &file_system) != 0) return "no directory";
    if ((file_system.f_flag & ST_RDONLY) == 0) return "not read-only";
    return base::path_exists(m_tree.path("run/mark")) ? *next : "the mark is hidden";
  });
  if (outcome.text == k_may_not_mount) GTEST_SKIP() << "this host allows no user namespaces";
  EXPECT_EQ(outcome.text, "/next init");
}

TEST_F(InitrdTest, SaysWhatIsWrong) {
  struct Row {
    const char* file;
    std::string content;
    const char* error;
  };
  const Row rows[] = {
      {".vmcred/credentials", archive().substr(1), "begins with another mark"},
      {".vmcred/credentials", archive() + "canary", "goes on behind"},
      {".vmcred/next", "init", "does not hold an absolute path"},
      {".vmcred/next", "", "does not hold an absolute path"},
      {".vmcred/next", "/a" + std::string("\0b", 2), "does not hold an absolute path"},
      {".vmcred/next", "/" + std::string(4096, 'a'), "/.vmcred/next"},
  };
  for (const auto& row : rows) {
    m_tree.write(".vmcred/credentials", archive());
    m_tree.write(".vmcred/next", "/next init");
    m_tree.write(row.file, row.content);
    const std::string text = start();
    if (text == k_may_not_mount) GTEST_SKIP() << "this host allows no user namespaces";
    EXPECT_THAT(text, HasSubstr(row.error));
    EXPECT_THAT(text, Not(HasSubstr("canary")));
  }
}

TEST_F(InitrdTest, NamesTheInitThatIsNotThere) {
  m_tree.write(".vmcred/next", "/absent");
  const std::string text = start();
  if (text == k_may_not_mount) GTEST_SKIP() << "this host allows no user namespaces";
  EXPECT_THAT(text, HasSubstr("become the next init: " + m_tree.path("absent") + ": no such file"));
  EXPECT_THAT(text, HasSubstr("hint: the initrd needs that program"));
}

TEST_F(InitrdTest, IsTheKernelsToStart) {
  const auto outcome = run_guest({"init"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.error, HasSubstr("only the kernel starts this"));
  EXPECT_TRUE(is_started_as_init("/.vmcred/init"));
  EXPECT_FALSE(is_started_as_init("/usr/bin/vmcred-guest"));
  EXPECT_FALSE(is_started_as_init("/init"));
}

}  // namespace
}  // namespace vmcred::guest
