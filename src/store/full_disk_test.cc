// SPDX-License-Identifier: Apache-2.0
// Disks that are full or may not be written: a clear error, and nothing has changed.
#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>

#include "base/text.h"
#include "store/transaction.h"
#include "support/crash.h"

namespace vmcred::store {
namespace {

using test_support::snapshot;
using testing::HasSubstr;

// A mount that only this process sees. "" or what failed.
std::string mount_here(const char* source, const std::string& target, const char* type, unsigned long flags,
                       const char* data) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0)
    return "no namespace";
  return ::mount(source, target.c_str(), type, flags, data) == 0 ? "" : "no mount";
}

std::string write_many(const std::string& root, int count) {
  auto transaction = Transaction::begin(root);
  if (!transaction) return transaction.error().what;
  for (int i = 0; i < count; ++i)
    static_cast<void>(
        transaction->write_file(base::concat("vars/", i, "/secret"), std::string(3000, 'x')).has_value());
  const auto committed = transaction->commit("many");
  return committed ? "committed" : base::concat(committed.error().what, " (", committed.error().hint, ")");
}

TEST(FullDiskTest, NothingHasChangedWhereSpaceRunsOutAnywhere) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  // Sizes that end somewhere between the first file and the last one.
  for (int blocks = 2; blocks < 40; blocks += 3) {
    const auto outcome = test_support::in_child([&] {
      const std::string options = base::concat("size=", blocks * 4, "k");
      if (auto failure = mount_here("tmpfs", tree.path(), "tmpfs", 0, options.c_str()); !failure.empty())
        return failure;
      const std::string told = write_many(tree.path(), 40);
      return snapshot(tree.path()).empty() ? told : "changed: " + told;
    });
    EXPECT_THAT(outcome.text, HasSubstr("no space left on device (nothing has been changed)")) << blocks;
  }
}

TEST(FullDiskTest, NothingHasChangedWhereInodesRunOut) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  const auto outcome = test_support::in_child([&] {
    if (auto failure = mount_here("tmpfs", tree.path(), "tmpfs", 0, "nr_inodes=20"); !failure.empty())
      return failure;
    const std::string told = write_many(tree.path(), 40);
    return snapshot(tree.path()).empty() ? told : "changed: " + told;
  });
  EXPECT_THAT(outcome.text, HasSubstr("no space left on device (nothing has been changed)"));
}

TEST(FullDiskTest, ReadOnlyFileSystemIsTold) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  tree.write("file", "x");
  const auto outcome = test_support::in_child([&] {
    if (auto failure = mount_here(tree.path().c_str(), tree.path(), nullptr, MS_BIND, nullptr);
        !failure.empty())
      return failure;
    if (::mount("", tree.path().c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) != 0)
      return std::string("no remount");
    if (!recover(tree.path())) return std::string("a reader is hindered");
    return write_many(tree.path(), 1);
  });
  EXPECT_THAT(outcome.text, HasSubstr("read-only file system"));
  EXPECT_THAT(outcome.text, HasSubstr(tree.path()));
}

TEST(FullDiskTest, FolderOnAnotherFileSystemIsToldBeforeAnythingChanges) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  tree.make_directory("vars");
  const auto outcome = test_support::in_child([&] {
    if (auto failure = mount_here("tmpfs", tree.path("vars"), "tmpfs", 0, ""); !failure.empty())
      return failure;
    return write_many(tree.path(), 1);
  });
  EXPECT_THAT(outcome.text, HasSubstr("another file system"));
}

}  // namespace
}  // namespace vmcred::store
