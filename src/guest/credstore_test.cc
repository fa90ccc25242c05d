// SPDX-License-Identifier: Apache-2.0
#include "guest/credstore.h"

#include <gmock/gmock.h>

#include "base/file_names.h"
#include "guest/test_tree.h"
#include "support/bytes.h"

namespace vmcred::guest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

credential::CredentialSet set_of(const std::vector<std::string>& names) {
  credential::CredentialSet set;
  for (const auto& name : names)
    set.push_back({.name = *credential::CredentialName::parse(name),
                   .value = *secret::SecretBuffer::copy_of(test_support::bytes_of("of " + name))});
  return set;
}

mode_t mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777U;
}

TEST(CredstoreTest, MakesTheDirectoryAndNothingBesideIt) {
  const TestTree tree;
  const auto stored = store_credentials(tree.path("run/credstore"), set_of({"b", "a"}));
  ASSERT_TRUE(stored) << stored.error().what;
  EXPECT_EQ(tree.read("run/credstore/a"), "of a");
  EXPECT_EQ(mode_of(tree.path("run/credstore")), 0700U);
  EXPECT_EQ(mode_of(tree.path("run/credstore/b")), 0400U);
  EXPECT_THAT(base::file_names(tree.path("run")), ElementsAre("credstore"));
}

TEST(CredstoreTest, AddsToWhatIsThere) {
  const TestTree tree;
  tree.write("store/other", "1");
  ASSERT_TRUE(store_credentials(tree.path("store"), set_of({"a"})));
  EXPECT_THAT(base::file_names(tree.path("store")), ElementsAre("a", "other"));
}

TEST(CredstoreTest, OverwritesNothingAndThenLeavesNothing) {
  const TestTree tree;
  tree.write("store/b", "mine");
  const auto stored = store_credentials(tree.path("store"), set_of({"a", "b", "c"}));
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().kind, base::ErrorKind::refused);
  EXPECT_THAT(stored.error().what, HasSubstr("has a credential 'b' already"));
  EXPECT_EQ(tree.read("store/b"), "mine");
  EXPECT_THAT(base::file_names(tree.path("store")), ElementsAre("b"));
  EXPECT_THAT(base::file_names(tree.path()), ElementsAre("store"));
}

TEST(CredstoreTest, RefusesADisk) {
  const auto stored = store_credentials("/proc", set_of({"a"}));
  ASSERT_FALSE(stored);
  EXPECT_EQ(stored.error().kind, base::ErrorKind::refused);
  EXPECT_THAT(stored.error().what, HasSubstr("is not in memory"));
}

TEST(CredstoreTest, TakesASetOfNothing) {
  const TestTree tree;
  ASSERT_TRUE(store_credentials(tree.path("store"), {}));
  EXPECT_THAT(base::file_names(tree.path("store")), IsEmpty());
}

}  // namespace
}  // namespace vmcred::guest
