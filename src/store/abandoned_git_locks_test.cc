// SPDX-License-Identifier: Apache-2.0
// Lock files that a killed git left are in everybody's way; those of a living git are not ours.
#include "store/abandoned_git_locks.h"

#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <filesystem>

#include "base/text.h"
#include "support/crash.h"

namespace vmcred::store {
namespace {

namespace fs = std::filesystem;
using test_support::git;

// A program whose process is called "git", and that does nothing.
class IdleGit {
 public:
  explicit IdleGit(const test_support::TemporaryDirectory& place) {
    const std::string program = place.path("git");
    fs::copy_file("/bin/sleep", program);
    m_process = ::fork();
    if (m_process == 0) {
      ::execl(program.c_str(), "sleep", "60", nullptr);
      ::_exit(127);
    }
    for (int i = 0; i < 5000 && name() != "git\n"; ++i) ::usleep(1000);
  }
  ~IdleGit() {
    ::kill(m_process, SIGKILL);
    test_support::wait_for(m_process);
  }
  IdleGit(const IdleGit&) = delete;
  IdleGit& operator=(const IdleGit&) = delete;

  std::string name() const { return test_support::read_file(base::concat("/proc/", m_process, "/comm")); }

 private:
  pid_t m_process;
};

class AbandonedGitLocksTest : public testing::Test {
 protected:
  AbandonedGitLocksTest() {
    test_support::make_git_repository(root());
    git(root(), {"commit", "--quiet", "--allow-empty", "--message=first"});
  }

  const std::string& root() const { return m_tree.path(); }

  // Makes a lock file, and tells whether it is removed. Other programs' gits are waited for.
  bool is_removed(const std::string& path) {
    m_tree.write(path, "");
    for (int attempt = 0; attempt < 10 && fs::exists(m_tree.path(path)); ++attempt)
      EXPECT_TRUE(remove_abandoned_git_locks(root()));
    return !fs::exists(m_tree.path(path));
  }

  test_support::TemporaryDirectory m_tree;
};

TEST_F(AbandonedGitLocksTest, ThoseOfTheIndexTheHeadAndTheBranchAreRemoved) {
  for (const char* path : {".git/index.lock", ".git/HEAD.lock", ".git/refs/heads/main.lock"})
    EXPECT_TRUE(is_removed(path)) << path;
  git(root(), {"commit", "--quiet", "--allow-empty", "--message=second"});
}

TEST_F(AbandonedGitLocksTest, NothingElseIs) {
  for (const char* path : {".git/config.lock", ".git/refs/heads/other.lock", "index.lock"}) {
    m_tree.write(path, "");
    EXPECT_TRUE(remove_abandoned_git_locks(root()));
    EXPECT_TRUE(fs::exists(m_tree.path(path))) << path;
  }
}

TEST_F(AbandonedGitLocksTest, WithADetachedHeadThereIsNoBranch) {
  git(root(), {"checkout", "--quiet", "--detach"});
  EXPECT_TRUE(is_removed(".git/index.lock"));
  m_tree.write(".git/refs/heads/main.lock", "");
  EXPECT_TRUE(remove_abandoned_git_locks(root()));
  EXPECT_TRUE(fs::exists(m_tree.path(".git/refs/heads/main.lock")));
}

TEST_F(AbandonedGitLocksTest, OfALinkedWorkTreeTheBranchIsWithTheOthers) {
  const test_support::TemporaryDirectory place;
  const std::string linked = place.path("linked");
  git(root(), {"worktree", "add", "--quiet", "-b", "side", linked});
  const std::string branch = ".git/refs/heads/side.lock";
  m_tree.write(branch, "");
  m_tree.write(".git/worktrees/linked/index.lock", "");
  for (int attempt = 0; attempt < 10 && fs::exists(m_tree.path(branch)); ++attempt)
    ASSERT_TRUE(remove_abandoned_git_locks(linked));
  EXPECT_FALSE(fs::exists(m_tree.path(branch)));
  EXPECT_FALSE(fs::exists(m_tree.path(".git/worktrees/linked/index.lock")));
}

TEST_F(AbandonedGitLocksTest, WhileAGitRunsTheyStay) {
  const test_support::TemporaryDirectory place;
  m_tree.write(".git/index.lock", "");
  {
    const IdleGit living(place);
    ASSERT_EQ(living.name(), "git\n");
    EXPECT_TRUE(remove_abandoned_git_locks(root()));
    EXPECT_TRUE(fs::exists(m_tree.path(".git/index.lock")));
  }
  EXPECT_TRUE(is_removed(".git/index.lock"));
}

TEST_F(AbandonedGitLocksTest, WithoutGitThereIsNothingToDo) {
  const test_support::TemporaryDirectory place;
  place.write("index.lock", "");
  EXPECT_TRUE(remove_abandoned_git_locks(place.path()));
  EXPECT_TRUE(fs::exists(place.path("index.lock")));
}

}  // namespace
}  // namespace vmcred::store
