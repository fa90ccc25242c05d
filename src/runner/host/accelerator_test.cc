// SPDX-License-Identifier: Apache-2.0
#include "runner/host/accelerator.h"

#include <gmock/gmock.h>

#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using config::Accelerator;
using testing::HasSubstr;
using testing::IsEmpty;

config::VirtualMachine machine(Accelerator accelerator) {
  auto vm = test_support::machine();
  vm.accelerator = accelerator;
  return vm;
}

// What a start by a user without rights to /dev/kvm, for whom a probe is over at once, comes to.
std::string choice_of_user(Accelerator accelerator, const std::string& directory) {
  const auto outcome = test_support::in_child([&]() -> std::string {
    ::alarm(20);
    if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
    const auto choice = choose_accelerator(machine(accelerator), directory);
    if (choice) return choice->kvm ? "kvm" : choice->note;
    return (choice.error().kind == ErrorKind::host ? "host: " : "") + choice.error().what + " | " +
           choice.error().hint;
  });
  EXPECT_TRUE(outcome.exited_with(0)) << "it hung";
  return outcome.text;
}

// A directory in which a probe has left its finding, and that finding falsified: whoever says "planted" has
// read it.
class RememberedVerdictTest : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() == 0) test_support::give_to(m_tree.path(), test_support::k_nobody);
    choice_of_user(Accelerator::automatic, m_tree.path());
    const std::string found = test_support::read_file(m_file);
    m_era = found.substr(0, found.rfind('\n') + 1);
    plant(m_era);
  }

  void plant(const std::string& era) const { m_tree.write("kvm", era + "fails: planted", 0644); }

  bool is_believed() const {
    return choice_of_user(Accelerator::automatic, m_tree.path()) == "no KVM, emulating instead: planted";
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_file = m_tree.path("kvm");
  std::string m_era;
};

TEST_F(RememberedVerdictTest, IsBelievedUntilTheNextBoot) {
  EXPECT_EQ(test_support::mode_of(m_file), 0644U);
  EXPECT_TRUE(is_believed());
  EXPECT_EQ(
      choice_of_user(Accelerator::kvm, m_tree.path()),
      "host: KVM does not work on this host: planted | set accelerator = \"auto\" to fall back to emulation");
  m_tree.write("kvm", m_era + "works", 0644);
  EXPECT_EQ(choice_of_user(Accelerator::kvm, m_tree.path()), "kvm");
  EXPECT_EQ(choice_of_user(Accelerator::automatic, m_tree.path()), "kvm");
  EXPECT_EQ(choice_of_user(Accelerator::tcg, m_tree.path()), "");
}

TEST_F(RememberedVerdictTest, OfAnotherBootOrKernelIsForgotten) {
  std::string other_boot = m_era;
  other_boot[0] = other_boot[0] == '0' ? '1' : '0';
  plant(other_boot);
  EXPECT_FALSE(is_believed());
  plant(m_era.substr(0, m_era.size() - 1) + "-other\n");
  EXPECT_FALSE(is_believed());
  EXPECT_THAT(test_support::read_file(m_file), testing::StartsWith(m_era)) << "the new finding is not kept";
}

TEST_F(RememberedVerdictTest, ThatOthersCouldHaveWrittenIsNotBelieved) {
  struct Row {
    const char* about;
    mode_t mode;
    bool believed;
  };
  const Row rows[] = {
      {"private", 0600, true}, {"writable by its group", 0664, false}, {"by everyone", 0646, false}};
  for (const auto& row : rows) {
    plant(m_era);
    ASSERT_EQ(::chmod(m_file.c_str(), row.mode), 0);
    EXPECT_EQ(is_believed(), row.believed) << row.about;
  }
}

TEST_F(RememberedVerdictTest, OfRootIsBelievedAndOfAnotherUserNot) {
  VMCRED_NEEDS_ROOT();
  test_support::give_to(m_file, 0);
  EXPECT_TRUE(is_believed());
  test_support::give_to(m_file, 4711);
  EXPECT_FALSE(is_believed());
}

TEST_F(RememberedVerdictTest, BehindALinkOrInAFifoIsNotBelieved) {
  m_tree.write("elsewhere", m_era + "fails: planted", 0644);
  ASSERT_EQ(::unlink(m_file.c_str()), 0);
  m_tree.make_link("kvm", "elsewhere");
  EXPECT_FALSE(is_believed());
  ASSERT_EQ(::unlink(m_file.c_str()), 0);
  m_tree.make_fifo("kvm");
  if (::geteuid() == 0) test_support::give_to(m_file, test_support::k_nobody);
  EXPECT_FALSE(is_believed());
}

TEST_F(RememberedVerdictTest, ThatMakesNoSenseIsNotBelieved) {
  for (const std::string text : {"", "works", "fails: planted", "works\n", "\n"}) {
    m_tree.write("kvm", text, 0644);
    EXPECT_FALSE(is_believed()) << text;
  }
}

TEST(ChooseAcceleratorTest, EmulationAsksNoKvmAndLeavesNothing) {
  const test_support::TemporaryDirectory tree;
  const auto choice = choose_accelerator(machine(Accelerator::tcg), tree.path());
  ASSERT_TRUE(choice);
  EXPECT_FALSE(choice->kvm);
  EXPECT_EQ(choice->note, "");
  EXPECT_THAT(tree.names(), IsEmpty());
}

TEST(ChooseAcceleratorTest, WhereNothingCanBeKeptEachStartProbesAnew) {
  const auto choice = choose_accelerator(machine(Accelerator::automatic), "/nonexistent");
  ASSERT_TRUE(choice) << choice.error().what;
  EXPECT_EQ(choice->kvm, choice->note.empty());
}

TEST(ChooseAcceleratorTest, WithoutRightsToKvmTheReasonIsSaid) {
  const test_support::TemporaryDirectory tree;
  if (::access("/dev/kvm", F_OK) == 0 && (test_support::mode_of("/dev/kvm") & S_IROTH) != 0)
    GTEST_SKIP() << "everyone may open /dev/kvm here";
  EXPECT_THAT(choice_of_user(Accelerator::automatic, tree.path()),
              HasSubstr("no KVM, emulating instead: /dev/kvm: "));
}

}  // namespace
}  // namespace vmcred::runner
