// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/vmm_process.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pipe.h"
#include "base/text.h"
#include "support/child.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::concat;
using config::Hypervisor;

Identity ourselves() { return {.name = "", .uid = ::getuid(), .gid = ::getgid(), .groups = {}}; }

// A process that claims the VM, then becomes another program that runs until it is killed.
class Claimant {
 public:
  explicit Claimant(const std::string& directory) {
    auto pipe = *base::make_pipe();
    m_process = ::fork();
    if (m_process == 0) {
      auto claim = claim_vm(directory, Hypervisor::firecracker, ourselves());
      if (!claim) ::_exit(1);
      ::fcntl(claim->get(), F_SETFD, 0);
      ::execl("/bin/sleep", "sleep", "100", nullptr);
      ::_exit(2);
    }
    pipe.writer = base::UniqueFd();
    char nothing = 0;
    EXPECT_EQ(::read(pipe.reader.get(), &nothing, 1), 0);  // closed by exec
  }
  Claimant(const Claimant&) = delete;
  Claimant& operator=(const Claimant&) = delete;
  Claimant(Claimant&&) = delete;
  Claimant& operator=(Claimant&&) = delete;
  ~Claimant() {
    ::kill(m_process, SIGKILL);
    test_support::wait_for(m_process);
  }

  pid_t process() const { return m_process; }

 private:
  pid_t m_process;
};

TEST(VmmProcessTest, AVmThatRunsIsFoundThoughItsProcessHasBecomeAnotherProgram) {
  const test_support::TemporaryDirectory tree;
  const Claimant vm(tree.path());
  const auto found = find_vmm(tree.path());
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->number, vm.process());
  EXPECT_EQ((*found)->hypervisor, Hypervisor::firecracker);
  EXPECT_TRUE((*found)->handle.valid());
}

TEST(VmmProcessTest, ASecondStartIsRefusedAndLeavesTheFirstAlone) {
  const test_support::TemporaryDirectory tree;
  const Claimant vm(tree.path());
  const auto second = claim_vm(tree.path(), Hypervisor::qemu, ourselves());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, base::ErrorKind::vmm);
  EXPECT_EQ(second.error().what, concat("it is running already (process ", vm.process(), ")"));
  const auto found = find_vmm(tree.path());
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->hypervisor, Hypervisor::firecracker);
}

TEST(VmmProcessTest, OneThatHasEndedIsNotFoundAndMayStartAgain) {
  const test_support::TemporaryDirectory tree;
  { const Claimant vm(tree.path()); }
  const auto found = find_vmm(tree.path());
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
  const Claimant again(tree.path());
  EXPECT_EQ(running_vmm(tree.path())->number, again.process());
}

TEST(VmmProcessTest, WithoutADirectoryOrALockNothingRuns) {
  const test_support::TemporaryDirectory tree;
  for (const auto& path : {tree.path(), tree.path("missing")}) {
    const auto found = find_vmm(path);
    ASSERT_TRUE(found) << found.error().what;
    EXPECT_FALSE(*found);
    const auto running = running_vmm(path);
    ASSERT_FALSE(running);
    EXPECT_EQ(running.error().what, concat("not running (nobody holds ", path, "/vmm.lock)"));
  }
}

// Whoever may write the directory could lead us elsewhere, or let us wait.
TEST(VmmProcessTest, ALinkOrAFifoInTheLocksPlaceIsNotFollowed) {
  const test_support::TemporaryDirectory tree;
  const test_support::TemporaryDirectory fifos;
  tree.make_link("vmm.lock", tree.write("elsewhere", ""));
  fifos.make_fifo("vmm.lock");
  EXPECT_FALSE(find_vmm(tree.path()));
  EXPECT_FALSE(claim_vm(tree.path(), Hypervisor::qemu, ourselves()));
  const auto found = find_vmm(fifos.path());
  EXPECT_FALSE(found && *found);
}

// As root we would give it away, and write into it.
TEST(VmmProcessTest, SomethingElseInTheLocksPlaceIsNotClaimed) {
  const test_support::TemporaryDirectory linked;
  const test_support::TemporaryDirectory fifos;
  const std::string other = linked.write("other", "");
  ASSERT_EQ(::link(other.c_str(), linked.path("vmm.lock").c_str()), 0);
  fifos.make_fifo("vmm.lock");
  for (const auto* tree : {&linked, &fifos}) {
    const auto claim = claim_vm(tree->path(), Hypervisor::qemu, ourselves());
    ASSERT_FALSE(claim);
    EXPECT_EQ(claim.error().kind, base::ErrorKind::refused);
  }
  EXPECT_EQ(base::read_text_file(other, 100).value_or("?"), "");
}

TEST(VmmProcessTest, AFileOfAnotherUserIsNotGivenAway) {
  if (::getuid() != 0) GTEST_SKIP() << "only root gives files away";
  const test_support::TemporaryDirectory tree;
  const Identity user{.name = "nobody", .uid = 65534, .gid = 65534, .groups = {}};
  const std::string path = tree.write("vmm.lock", "something");
  const auto refused = claim_vm(tree.path(), Hypervisor::qemu, user);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, concat(path, " belongs to user 0, expected user 65534"));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);

  tree.write("vmm.lock", "");  // of a start that ended before it gave it away
  EXPECT_TRUE(claim_vm(tree.path(), Hypervisor::qemu, user));
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534U);
  EXPECT_TRUE(claim_vm(tree.path(), Hypervisor::qemu, user));
}

TEST(VmmProcessTest, OneThatRunsCannotBeKeptStoppedAndOneThatIsKeptCannotStart) {
  const test_support::TemporaryDirectory tree;
  EXPECT_FALSE(keep_stopped(tree.path()).valid()) << "it was never started";
  {
    const Claimant vm(tree.path());
    EXPECT_FALSE(keep_stopped(tree.path()).valid());
  }
  const auto stopped = keep_stopped(tree.path());
  ASSERT_TRUE(stopped.valid());
  const pid_t starting = ::fork();
  if (starting == 0) ::_exit(claim_vm(tree.path(), Hypervisor::qemu, ourselves()) ? 1 : 0);
  EXPECT_EQ(test_support::wait_for(starting), 0);
}

TEST(VmmProcessTest, WhateverTheFileSaysTheProcessIsFound) {
  const test_support::TemporaryDirectory tree;
  const Claimant vm(tree.path());
  tree.write("vmm.lock", std::string(1000, 'x'));
  // That has closed no descriptor of the holder's.
  const auto found = find_vmm(tree.path());
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->hypervisor, std::nullopt);
}

}  // namespace
}  // namespace vmcred::runner
