// SPDX-License-Identifier: Apache-2.0
#include "runner/host/hardening.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <csignal>
#include <cstdlib>

#include "base/text.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::concat;
using test_support::in_child;
using testing::HasSubstr;
using testing::IsEmpty;

std::string harden() {
  const auto done = harden_process();
  return done ? "" : done.error().what;
}

TEST(HardenProcessTest, NoCoreNoDebuggerNoPrivilegesNoOpenFiles) {
  const auto outcome = in_child([]() -> std::string {
    rlimit before{};
    ::getrlimit(RLIMIT_CORE, &before);
    const int inherited = ::open("/dev/null", O_RDONLY);
    if (const auto problem = harden(); !problem.empty()) return problem;
    rlimit limit{};
    ::getrlimit(RLIMIT_CORE, &limit);
    const mode_t mask = ::umask(0);
    const bool no_core =
        limit.rlim_cur == std::min<rlim_t>(before.rlim_max, 1) && limit.rlim_max == limit.rlim_cur;
    return concat(no_core ? "no core" : "a core", ", dumpable ", ::prctl(PR_GET_DUMPABLE),
                  ", no new privileges ", ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0), ", close on exec ",
                  ::fcntl(inherited, F_GETFD), ::fcntl(STDERR_FILENO, F_GETFD), ", umask ", mask);
  });
  EXPECT_EQ(outcome.text, concat("no core, dumpable 0, no new privileges 1, close on exec 10, umask ", 077));
}

// What the dumpable flag does not do: it does not survive exec, the limit and the filter do.
TEST(HardenProcessTest, TheVmmItBecomesLeavesNoCoreEither) {
  const auto outcome = in_child([]() -> std::string {
    if (const auto problem = harden(); !problem.empty()) return problem;
    ::execl("/bin/sh", "sh", "-c",
            "ulimit -Hc; cat /proc/self/coredump_filter; grep NoNewPrivs /proc/self/status", nullptr);
    return "no shell";
  });
  EXPECT_THAT(outcome.text, HasSubstr("0\n00000000\nNoNewPrivs:\t1\n"));
}

// Dies by abort() in `directory`. Says first whether a core could be made there at all.
std::string die(const std::string& directory, bool hardened) {
  const rlimit unlimited{.rlim_cur = RLIM_INFINITY, .rlim_max = RLIM_INFINITY};
  if (::chdir(directory.c_str()) != 0 || ::setrlimit(RLIMIT_CORE, &unlimited) != 0) return "limit";
  if (hardened)
    if (const auto problem = harden(); !problem.empty()) return problem;
  ::signal(SIGABRT, SIG_DFL);
  std::abort();
}

TEST(HardenProcessTest, ACrashLeavesNoCore) {
  if (test_support::read_file("/proc/sys/kernel/core_pattern").find_first_of("|/") != std::string::npos)
    GTEST_SKIP() << "cores of this host go elsewhere";
  const test_support::TemporaryDirectory tree;
  const auto bare = in_child([&] { return die(tree.path(), false); });
  if (!bare.killed_by(SIGABRT) || tree.names().empty()) GTEST_SKIP() << "this host makes no cores";
  const test_support::TemporaryDirectory clean;
  const auto hardened = in_child([&] { return die(clean.path(), true); });
  EXPECT_TRUE(hardened.killed_by(SIGABRT)) << hardened.text;
  EXPECT_THAT(clean.names(), IsEmpty());
}

// A host with these swaps, this control group, and groups that may not swap, as only a child sees it.
struct SwapRow {
  const char* about;
  const char* swaps;
  const char* group;
  std::vector<std::pair<std::string, std::string>> limits;  // of groups' memory.swap.max
  bool allow_swap;
  const char* verdict;  // "" or the device it is refused for
};

std::string swap_verdict(const SwapRow& row) {
  const test_support::TemporaryDirectory tree("/dev/shm");
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0)
    return "namespace";
  const auto show = [&](const char* name, const char* content, const char* place) {
    return ::mount(tree.write(name, content, 0444).c_str(), place, nullptr, MS_BIND, nullptr) == 0;
  };
  if (!show("swaps", row.swaps, "/proc/swaps") || !show("cgroup", row.group, "/proc/self/cgroup"))
    return "namespace";
  const std::string groups = tree.make_directory("groups");
  for (const auto& [group, limit] : row.limits) {
    std::filesystem::create_directories(groups + group);
    tree.write("groups" + group + "/memory.swap.max", limit, 0444);
  }
  if (::mount(groups.c_str(), "/sys/fs/cgroup", nullptr, MS_BIND, nullptr) != 0) return "namespace";
  auto vm = test_support::machine();
  vm.allow_swap = row.allow_swap;
  const auto checked = check_swap(vm);
  if (checked) return "";
  if (checked.error().kind != base::ErrorKind::refused ||
      checked.error().hint.find("allow_swap") == std::string::npos)
    return "another error";
  return checked.error().what;
}

TEST(CheckSwapTest, RefusesWhereTheKernelMayWriteSecretsToADevice) {
  VMCRED_NEEDS_ROOT();
  constexpr auto k_heading = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
  constexpr auto k_disk =
      "Filename\t\t\t\tType\t\tSize\n/dev/sda2                               partition\t8388604\n";
  constexpr auto k_file = "Filename\n/swapfile                               file\t8388604\n";
  constexpr auto k_zram = "Filename\n/dev/zram0                               partition\t8388604\n";
  constexpr auto k_both = "Filename\n/dev/zram0      partition\t8388604\n/dev/sda2      partition\t8388604\n";
  const SwapRow rows[] = {
      {"no swap", k_heading, "0::/\n", {}, false, ""},
      {"an empty table", "", "0::/\n", {}, false, ""},
      {"a disk", k_disk, "0::/\n", {}, false, "/dev/sda2"},
      {"a file", k_file, "0::/a\n", {}, false, "/swapfile"},
      {"compressed memory", k_zram, "0::/\n", {}, false, ""},
      {"compressed memory, then a disk", k_both, "0::/\n", {}, false, "/dev/sda2"},
      {"a disk, allowed", k_disk, "0::/\n", {}, true, ""},
      {"a group without swap", k_disk, "0::/a/b\n", {{"/a/b", "0\n"}}, false, ""},
      {"a group above without swap", k_disk, "0::/a/b/c\n", {{"/a", "0\n"}, {"/a/b", "max\n"}}, false, ""},
      {"a group with some swap", k_disk, "0::/a/b\n", {{"/a/b", "4096\n"}}, false, "/dev/sda2"},
      {"a group without limit", k_disk, "0::/a/b\n", {{"/a/b", "max\n"}}, false, "/dev/sda2"},
      {"another group without swap", k_disk, "0::/a/b\n", {{"/c", "0\n"}}, false, "/dev/sda2"},
      {"old control groups", k_disk, "4:memory:/a\n1:name=systemd:/a\n", {{"/a", "0\n"}}, false, "/dev/sda2"},
  };
  for (const auto& row : rows) {
    const auto outcome = in_child([&] { return swap_verdict(row); });
    if (outcome.text == "namespace") GTEST_SKIP() << "no mounts of its own";
    if (*row.verdict == '\0')
      EXPECT_EQ(outcome.text, "") << row.about;
    else
      EXPECT_THAT(outcome.text,
                  HasSubstr(concat("swaps to ", row.verdict, ", where the VM's secrets could end up")))
          << row.about;
  }
}

}  // namespace
}  // namespace vmcred::runner
