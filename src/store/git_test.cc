// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include "base/text.h"
#include "store/repository_lock.h"
#include "store/transaction.h"
#include "support/crash.h"

namespace vmcred::store {
namespace {

using test_support::git;
using test_support::snapshot;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class GitTest : public testing::Test {
 protected:
  GitTest() { test_support::make_git_repository(root()); }
  ~GitTest() override { ::unsetenv("CLAN_NO_COMMIT"); }

  const std::string& root() const { return m_tree.path(); }
  std::string status() const { return git(root(), {"status", "--porcelain"}); }
  std::string log() const { return git(root(), {"log", "--format=%s"}); }

  base::Result<void> write(const std::string& path, std::string_view text,
                           const std::string& below = "") const {
    VMCRED_TRY_ASSIGN(auto transaction, Transaction::begin(root() + below));
    VMCRED_TRY(transaction.write_file(path, text));
    return transaction.commit(base::concat("vars: ", path));
  }

  test_support::TemporaryDirectory m_tree;
};

TEST_F(GitTest, OneCommitOfExactlyThesePathsAlsoTheFirst) {
  m_tree.write("other", "x");
  git(root(), {"add", "other"});
  m_tree.write("unknown", "x");
  ASSERT_TRUE(write("vars/a b/*", "1"));
  EXPECT_EQ(log(), "vars: vars/a b/*\n");
  EXPECT_EQ(git(root(), {"show", "--format=", "--name-only", "HEAD"}), "vars/a b/*\n");
  EXPECT_EQ(status(), "A  other\n?? unknown\n");
}

TEST_F(GitTest, RemovalIsCommitted) {
  ASSERT_TRUE(write("a/b", "1"));
  auto transaction = Transaction::begin(root());
  ASSERT_TRUE(transaction->remove("a/b"));
  ASSERT_TRUE(transaction->commit("gone"));
  EXPECT_EQ(git(root(), {"ls-files"}), "");
  EXPECT_EQ(status(), "");
}

TEST_F(GitTest, NothingToCommitMakesNoCommit) {
  ASSERT_TRUE(write("a", "1"));
  ASSERT_TRUE(write("a", "1"));
  EXPECT_EQ(log(), "vars: a\n");
}

TEST_F(GitTest, FileThatWasWrittenButNotCommittedIsCommittedByTheSameChange) {
  m_tree.write("a", "1");
  ASSERT_TRUE(write("a", "1"));
  EXPECT_EQ(status(), "");
}

TEST_F(GitTest, RootMayLieBelowTheWorkTree) {
  m_tree.make_directory("clan");
  ASSERT_TRUE(write("vars/x", "1", "/clan"));
  EXPECT_EQ(git(root(), {"ls-files"}), "clan/vars/x\n");
  EXPECT_EQ(status(), "");
}

TEST_F(GitTest, LinkedWorkTreeIsCommittedToAndLockedAtItsOwnGitDirectory) {
  ASSERT_TRUE(write("x", "1"));
  const test_support::TemporaryDirectory other;
  git(root(), {"worktree", "add", "--quiet", other.path("tree")});
  auto transaction = Transaction::begin(other.path("tree"));
  ASSERT_TRUE(transaction) << transaction.error().what;
  EXPECT_EQ(git_directory_of(other.path("tree")), root() + "/.git/worktrees/tree");
  EXPECT_TRUE(std::filesystem::exists(root() + "/.git/worktrees/tree/clan.lock"));
  ASSERT_TRUE(transaction->write_file("y", "1"));
  ASSERT_TRUE(transaction->commit("in a work tree"));
  EXPECT_EQ(git(other.path("tree"), {"log", "-1", "--format=%s"}), "in a work tree\n");
}

TEST_F(GitTest, LockIsTheOneThatClanTakes) {
  const auto transaction = Transaction::begin(root());
  const auto lock = base::run_program({.words = {"flock", "--nonblock", root() + "/.git/clan.lock", "true"}});
  EXPECT_EQ(lock->exit_code, 1);
}

TEST_F(GitTest, HooksDoNotStopACommit) {
  m_tree.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n", 0755);
  m_tree.write(".git/hooks/commit-msg", "#!/bin/sh\nexit 1\n", 0755);
  m_tree.write(".git/hooks/prepare-commit-msg", "#!/bin/sh\nexit 1\n", 0755);
  EXPECT_TRUE(write("a", "1"));
  EXPECT_EQ(status(), "");
}

TEST_F(GitTest, IgnoredFilesAreWrittenAndNotCommitted) {
  m_tree.write(".git/info/exclude", "vars\n");
  ASSERT_TRUE(write("vars/x", "1"));
  EXPECT_EQ(git(root(), {"ls-files"}), "");
  EXPECT_TRUE(std::filesystem::exists(m_tree.path("vars/x")));
}

TEST_F(GitTest, ClanNoCommitOnlyMakesNewFilesKnown) {
  ASSERT_TRUE(write("old", "1"));
  ::setenv("CLAN_NO_COMMIT", "1", 1);
  ASSERT_TRUE(write("old", "2"));
  ASSERT_TRUE(write("new", "1"));
  EXPECT_EQ(log(), "vars: old\n");
  EXPECT_EQ(status(), " A new\n M old\n");
}

TEST_F(GitTest, EnvironmentOfAnotherGitDoesNotLeadAstray) {
  const test_support::TemporaryDirectory other;
  test_support::make_git_repository(other.path());
  ::setenv("GIT_DIR", other.path(".git").c_str(), 1);
  ::setenv("GIT_INDEX_FILE", other.path(".git/index").c_str(), 1);
  const auto written = write("a", "1");
  ::unsetenv("GIT_DIR");
  ::unsetenv("GIT_INDEX_FILE");
  EXPECT_TRUE(written);
  EXPECT_EQ(log(), "vars: a\n");
}

TEST_F(GitTest, WithoutAnIdentityNothingIsWrittenAndTheHintSaysWhatToDo) {
  git(root(), {"config", "--unset", "user.name"});
  git(root(), {"config", "--unset", "user.email"});
  git(root(), {"config", "user.useConfigOnly", "true"});
  ::setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
  ::setenv("GIT_CONFIG_SYSTEM", "/dev/null", 1);
  const auto written = write("a", "1");
  ::unsetenv("GIT_CONFIG_GLOBAL");
  ::unsetenv("GIT_CONFIG_SYSTEM");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().hint, HasSubstr("git config user.name"));
  EXPECT_THAT(snapshot(root()), IsEmpty());
}

TEST_F(GitTest, CommitThatGitRefusesIsToldAndMadeByTheNextTransaction) {
  ASSERT_TRUE(write("a", "1"));
  git(root(), {"config", "commit.gpgSign", "true"});
  git(root(), {"config", "gpg.program", "false"});
  const auto written = write("a", "2");
  ASSERT_FALSE(written);
  EXPECT_THAT(written.error().what, HasSubstr("in place, but not committed"));
  EXPECT_EQ(test_support::read_file(m_tree.path("a")), "2");
  EXPECT_TRUE(recover(root())) << "readers are not hindered";
  EXPECT_FALSE(Transaction::begin(root()));
  git(root(), {"config", "commit.gpgSign", "false"});
  ASSERT_TRUE(Transaction::begin(root()));
  EXPECT_EQ(log(), "vars: a\nvars: a\n");
  EXPECT_EQ(status(), "");
  EXPECT_THAT(snapshot(root()), ElementsAre(Pair("a", "2")));
}

}  // namespace
}  // namespace vmcred::store
