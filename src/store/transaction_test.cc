// SPDX-License-Identifier: Apache-2.0
#include "store/transaction.h"

#include <gmock/gmock.h>

#include "support/crash.h"

namespace vmcred::store {
namespace {

using base::ErrorKind;
using test_support::snapshot;
using testing::AnyOf;
using testing::Contains;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Key;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

Transaction begin(const std::string& root) {
  auto transaction = Transaction::begin(root);
  EXPECT_TRUE(transaction) << transaction.error().what;
  return *std::move(transaction);
}

class TransactionTest : public testing::Test {
 protected:
  const std::string& root() const { return m_tree.path(); }
  Transaction begin() const { return store::begin(root()); }

  void commit_file(const std::string& path, std::string_view text) const {
    Transaction transaction = begin();
    EXPECT_TRUE(transaction.write_file(path, text));
    const auto committed = transaction.commit("test");
    EXPECT_TRUE(committed) << committed.error().what;
  }

  test_support::TemporaryDirectory m_tree{test_support::k_memory};
};

TEST_F(TransactionTest, CommitPutsFilesAndLinksInPlaceAndLeavesNothingElse) {
  Transaction transaction = begin();
  EXPECT_TRUE(transaction.empty());
  ASSERT_TRUE(transaction.write_file("vars/shared/ca/key/secret", "text\n"));
  ASSERT_TRUE(transaction.write_link("vars/shared/ca/key/users/alice", "../../../../../sops/users/alice"));
  EXPECT_FALSE(transaction.empty());
  EXPECT_THAT(snapshot(root()), IsEmpty());
  ASSERT_TRUE(transaction.commit("test"));
  EXPECT_THAT(snapshot(root()),
              ElementsAre(Pair("vars/shared/ca/key/secret", "text\n"),
                          Pair("vars/shared/ca/key/users/alice", "-> ../../../../../sops/users/alice")));
}

TEST_F(TransactionTest, EverybodyMayReadWhatItWritesWhateverTheUmask) {
  const mode_t before = ::umask(077);
  commit_file("vars/shared/ca/secret", "text");
  ::umask(before);
  for (const char* folder : {"vars", "vars/shared", "vars/shared/ca"})
    EXPECT_EQ(test_support::mode_of(m_tree.path(folder)), 0755U) << folder;
  EXPECT_EQ(test_support::mode_of(m_tree.path("vars/shared/ca/secret")), 0644U);
}

TEST_F(TransactionTest, WithoutCommitNothingHasHappened) {
  {
    Transaction transaction = begin();
    ASSERT_TRUE(transaction.write_file("a/b", "c"));
  }
  EXPECT_THAT(snapshot(root()), IsEmpty());
}

TEST_F(TransactionTest, APreviewWaitsForNobodyAndChangesNothing) {
  commit_file("a/b", "old");
  const Transaction holds_the_lock = begin();
  auto preview = Transaction::preview(root());
  ASSERT_TRUE(preview) << preview.error().what;
  ASSERT_TRUE(preview->write_file("a/b", "new"));
  EXPECT_EQ(*preview->read_file("a/b"), "new");
  const auto committed = preview->commit("test");
  ASSERT_FALSE(committed);
  EXPECT_EQ(committed.error().kind, ErrorKind::refused);
  EXPECT_THAT(snapshot(root()), ElementsAre(Pair("a/b", "old")));
}

TEST_F(TransactionTest, FoldersComeAndGoAndNeighboursStay) {
  commit_file("a/b/c/one", "1");
  commit_file("a/b/two", "2");
  Transaction transaction = begin();
  ASSERT_TRUE(transaction.remove("a/b/c/one"));
  ASSERT_TRUE(transaction.remove("never/was"));
  ASSERT_TRUE(transaction.commit("test"));
  EXPECT_THAT(snapshot(root()), ElementsAre(Pair("a/b/two", "2")));
}

TEST_F(TransactionTest, LastWordOnAPathCounts) {
  commit_file("x", "old");
  Transaction transaction = begin();
  ASSERT_TRUE(transaction.write_file("x", "new"));
  ASSERT_TRUE(transaction.remove("x"));
  ASSERT_TRUE(transaction.remove("y"));
  ASSERT_TRUE(transaction.write_link("y", "target"));
  ASSERT_TRUE(transaction.commit("test"));
  EXPECT_THAT(snapshot(root()), ElementsAre(Pair("y", "-> target")));
}

TEST_F(TransactionTest, ReaderSeesWhatTheCommitWillLeave) {
  commit_file("a/old", "old");
  commit_file("a/gone", "gone");
  Transaction transaction = begin();
  ASSERT_TRUE(transaction.write_file("a/new/file", "new"));
  ASSERT_TRUE(transaction.remove("a/gone"));
  EXPECT_EQ(*transaction.read_file("a/old"), "old");
  EXPECT_EQ(*transaction.read_file("a/new/file"), "new");
  EXPECT_EQ(*transaction.read_file("a/gone"), std::nullopt);
  EXPECT_THAT(*transaction.view().names("a"), ElementsAre("new", "old"));
  EXPECT_THAT(*transaction.view().leaves(""), ElementsAre("a/new/file", "a/old"));
  EXPECT_TRUE(transaction.view().exists("a/new"));
  EXPECT_FALSE(transaction.view().exists("a/gone"));
}

TEST_F(TransactionTest, FileThatIsAsStagedIsLeftAlone) {
  commit_file("same", "text");
  const auto before = test_support::status_of(root() + "/same");
  commit_file("same", "text");
  const auto after = test_support::status_of(root() + "/same");
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
}

TEST_F(TransactionTest, PathsThatLeaveTheRepositoryOrReachIntoGitAreRefused) {
  Transaction transaction = begin();
  for (const char* path : {"", "/etc/passwd", "../x", "a/../../x", "a//b", "./a", "a/.", ".git/hooks/x",
                           "a/.GIT/x", ".vmcred-journal/record", "a\nb", "a/"}) {
    const auto written = transaction.write_file(path, "x");
    ASSERT_FALSE(written) << path;
    EXPECT_EQ(written.error().kind, ErrorKind::refused);
  }
  EXPECT_TRUE(transaction.empty());
}

TEST_F(TransactionTest, LinkedFolderIsNotWrittenThrough) {
  const test_support::TemporaryDirectory elsewhere;
  m_tree.make_link("vars", elsewhere.path());
  Transaction transaction = begin();
  ASSERT_TRUE(transaction.write_file("vars/x", "x"));
  const auto committed = transaction.commit("test");
  ASSERT_FALSE(committed);
  EXPECT_THAT(committed.error().what, HasSubstr("vars is a link or a file"));
  EXPECT_THAT(elsewhere.names(), IsEmpty());
  EXPECT_THAT(m_tree.names(), ElementsAre("vars"));
}

TEST_F(TransactionTest, FolderWhereAFileMustBeIsAnErrorBeforeAnythingChanges) {
  commit_file("a/b", "x");
  Transaction transaction = begin();
  ASSERT_TRUE(transaction.write_file("0", "x"));
  ASSERT_TRUE(transaction.write_file("a", "x"));
  EXPECT_FALSE(transaction.commit("test"));
  EXPECT_THAT(snapshot(root()), ElementsAre(Pair("a/b", "x")));
}

// What the crash tests change: new folders, a replaced file, removed files, links.
void prepare(const std::string& root) {
  Transaction transaction = begin(root);
  for (const char* path : {"vars/a/secret", "vars/gone/one", "vars/gone/two", "vars/b/stays"})
    ASSERT_TRUE(transaction.write_file(path, "old"));
  ASSERT_TRUE(transaction.commit("first"));
}

void change(const std::string& root) {
  Transaction transaction = begin(root);
  for (const char* path : {"vars/a/secret", "vars/a/previous", "vars/new/x/y/secret", "vars/new/x/z/secret"})
    static_cast<void>(transaction.write_file(path, "new").has_value());
  static_cast<void>(transaction.write_link("vars/new/x/y/users/u", "../../u").has_value());
  static_cast<void>(transaction.remove("vars/gone/one").has_value());
  static_cast<void>(transaction.remove("vars/gone/two").has_value());
  static_cast<void>(transaction.commit("second").has_value());
}

// Kills change() at each of its steps, then lets `recovery` do its work: the old tree or the new one.
void kill_everywhere(bool with_git, const std::function<void(const std::string&)>& recovery) {
  std::map<std::string, std::string> states[2];
  for (int step = 0;; ++step) {
    const test_support::TemporaryDirectory tree(test_support::k_memory);
    if (with_git) test_support::make_git_repository(tree.path());
    prepare(tree.path());
    if (step == 0) {
      states[0] = snapshot(tree.path());
      change(tree.path());
      states[1] = snapshot(tree.path());
      continue;
    }
    const bool survived = test_support::survives_kill_at(step, [&] { change(tree.path()); });
    recovery(tree.path());
    const auto found = snapshot(tree.path());
    EXPECT_THAT(found, AnyOf(Eq(states[0]), Eq(states[1]))) << "killed at step " << step;
    if (with_git) {
      EXPECT_EQ(test_support::git(tree.path(), {"status", "--porcelain"}), "") << "killed at step " << step;
    }
    if (!survived) continue;
    EXPECT_GT(step, 30);
    EXPECT_EQ(found, states[1]);
    return;
  }
}

TEST(TransactionCrashTest, KilledAnywhereReadersFindOldOrNewState) {
  kill_everywhere(false, [](const std::string& root) { EXPECT_TRUE(recover(root)); });
}

TEST(TransactionCrashTest, KilledAnywhereTheNextTransactionFindsOldOrNewState) {
  kill_everywhere(false, [](const std::string& root) { begin(root); });
}

TEST(TransactionCrashTest, KilledAnywhereGitHasTheSameStateInTheEnd) {
  kill_everywhere(true, [](const std::string& root) { EXPECT_TRUE(recover(root)); });
}

TEST(TransactionCrashTest, RecoveryMayBeKilledTooAnywhere) {
  for (int step = 1;; ++step) {
    const test_support::TemporaryDirectory tree(test_support::k_memory);
    prepare(tree.path());
    // 31 steps bring change() to the middle of its renames.
    ASSERT_FALSE(test_support::survives_kill_at(31, [&] { change(tree.path()); }));
    const bool survived =
        test_support::survives_kill_at(step, [&] { static_cast<void>(recover(tree.path()).has_value()); });
    ASSERT_TRUE(recover(tree.path()));
    EXPECT_EQ(test_support::read_file(tree.path("vars/a/secret")), "new");
    EXPECT_THAT(snapshot(tree.path()), Not(Contains(Key(HasSubstr("gone")))));
    EXPECT_THAT(snapshot(tree.path()), Not(Contains(Key(HasSubstr("journal")))));
    if (survived) return;
  }
}

TEST_F(TransactionTest, TwoProcessesTakeTurns) {
  std::vector<pid_t> children;
  for (int i = 0; i < 4; ++i) {
    children.push_back(::fork());
    if (children.back() != 0) continue;
    for (int round = 0; round < 10; ++round) {
      auto transaction = Transaction::begin(root());
      if (!transaction) ::_exit(1);
      const auto count = transaction->read_file("count");
      const std::string next = std::to_string(std::stoi(count->value_or("0")) + 1);
      if (!transaction->write_file("count", next) || !transaction->commit("count")) ::_exit(2);
    }
    ::_exit(0);
  }
  for (const pid_t child : children) EXPECT_EQ(test_support::wait_for(child), 0);
  EXPECT_EQ(test_support::read_file(m_tree.path("count")), "40");
}

TEST_F(TransactionTest, RecordThatIsNotOursIsNotActedUpon) {
  m_tree.make_directory(".vmcred-journal");
  m_tree.write(".vmcred-journal/record", "vmcred-journal 1\nwrite\t../x\n");
  const auto begun = Transaction::begin(root());
  ASSERT_FALSE(begun);
  EXPECT_EQ(begun.error().kind, ErrorKind::refused);
}

TEST_F(TransactionTest, StagedFileThatTheRecordDoesNotNameIsNotPutInPlace) {
  m_tree.make_directory(".git");
  m_tree.make_directory(".vmcred-journal");
  m_tree.make_directory(".vmcred-journal/staged");
  m_tree.make_directory(".vmcred-journal/staged/.git");
  m_tree.write(".vmcred-journal/staged/.git/config", "evil");
  m_tree.write(".vmcred-journal/record", "vmcred-journal 1\ngit\tnone\nmessage\tx\nend\t0\n");
  EXPECT_FALSE(recover(root()));
  EXPECT_FALSE(std::filesystem::exists(m_tree.path(".git/config")));
}

}  // namespace
}  // namespace vmcred::store
