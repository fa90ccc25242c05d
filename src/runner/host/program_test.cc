// SPDX-License-Identifier: Apache-2.0
#include "runner/host/program.h"

#include <gmock/gmock.h>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "runner/secrets/test_stored_secrets.h"
#include "runner/start.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using test_support::in_child;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* k_qemu = "qemu-system-x86_64";

// What is found with this $PATH.
std::string found_with(const std::string& path, const std::string& program = "") {
  return in_child([&]() -> std::string {
           ::setenv("PATH", path.c_str(), 1);
           auto vm = test_support::machine();
           vm.program = program;
           const auto found = find_program(vm);
           if (found) return *found;
           return (found.error().kind == ErrorKind::host ? "host: " : "") + found.error().what + " | " +
                  found.error().hint;
         })
      .text;
}

TEST(FindProgramTest, TakesTheFirstProgramOnThePathThatCanBeRun) {
  const test_support::TemporaryDirectory tree;
  for (const auto* name : {"empty", "directory", "data", "first", "second"}) tree.make_directory(name);
  tree.make_directory(std::string("directory/") + k_qemu);
  tree.write(std::string("data/") + k_qemu, "", 0644);
  tree.write(std::string("first/") + k_qemu, "", 0755);
  tree.write(std::string("second/") + k_qemu, "", 0755);
  tree.write("second/other", "", 0755);
  const auto in = [&](std::string_view name) { return tree.path(name) + ":"; };
  EXPECT_EQ(found_with(in("empty") + in("directory") + in("data") + in("first") + in("second")),
            tree.path("first") + "/" + k_qemu);
  EXPECT_EQ(found_with(in("first") + in("second"), "other"), tree.path("second/other"));
  EXPECT_THAT(found_with(in("empty")),
              HasSubstr("host: hypervisor qemu-system-x86_64 is not installed | install it: apt"));
  EXPECT_THAT(found_with(""), HasSubstr("is not installed"));
}

TEST(FindProgramTest, NeverTakesOneFromTheCurrentDirectory) {
  const test_support::TemporaryDirectory tree;
  tree.write(k_qemu, "", 0755);
  const auto outcome = in_child([&]() -> std::string {
    if (::chdir(tree.path().c_str()) != 0) return "chdir";
    std::string all;
    for (const auto* path : {".", "", ":", "./", "nowhere:."}) all += found_with(path);
    return all;
  });
  EXPECT_THAT(outcome.text, testing::Not(HasSubstr(tree.path())));
  EXPECT_THAT(outcome.text, testing::Not(HasSubstr("./qemu")));
}

TEST(FindProgramTest, APathIsTakenAsItIs) {
  const test_support::TemporaryDirectory tree;
  EXPECT_EQ(found_with("", tree.write("vmm", "", 0755)), tree.path("vmm"));
  EXPECT_THAT(found_with("", tree.write("data", "", 0644)),
              HasSubstr("data is no program that can be run | correct 'program' in the config"));
}

// A hypervisor that tells its version in a place of its own, with who it was asked as.
TEST(FindVersionTest, TheProgramIsAskedAsTheVmsUserAndSeesNothingOfOurs) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  ASSERT_EQ(::chmod(tree.path().c_str(), 0777), 0);
  auto vm = test_support::machine();
  vm.hypervisor = config::Hypervisor::cloud_hypervisor;
  vm.user = "nobody";
  const std::string program =
      tree.write("vmm",
                 base::concat("#!/bin/sh\n{ id -u; grep ^CapBnd: /proc/self/status; env; } >",
                              tree.path("seen"), "\necho vmm v41.2\n"),
                 0755);
  const auto outcome = in_child([&]() -> std::string {
    ::setenv("OURS", "no concern of others", 1);
    const auto version = find_version(vm, program);
    return version ? base::concat(version->major, ".", version->minor) : "unknown";
  });
  EXPECT_EQ(outcome.text, "41.2");
  const std::string seen = test_support::read_file(tree.path("seen"));
  EXPECT_THAT(seen, StartsWith(base::concat(test_support::k_nobody, "\n")));
  EXPECT_THAT(seen, HasSubstr("CapBnd:\t0000000000000000\n"));
  EXPECT_THAT(seen, testing::Not(HasSubstr("OURS")));
}

TEST(FindVersionTest, WithoutTheVmsUserItStaysUnknown) {
  VMCRED_NEEDS_ROOT();
  const test_support::TemporaryDirectory tree;
  auto vm = test_support::machine();
  vm.hypervisor = config::Hypervisor::cloud_hypervisor;
  vm.user = "vmcred-is-nobody";
  const std::string program =
      tree.write("vmm", base::concat("#!/bin/sh\n: >", tree.path("seen"), "\n"), 0755);
  EXPECT_FALSE(find_version(vm, program));
  EXPECT_FALSE(base::path_exists(tree.path("seen")));
}

TEST(CheckBootFilesTest, NamesTheFileThatIsWrong) {
  const test_support::TemporaryDirectory tree;
  const std::string file = tree.write("kernel", "");
  struct Row {
    std::string kernel;
    std::string initrd;
    std::string what;  // "": well
  };
  const Row rows[] = {
      {file, "", ""},
      {file, file, ""},
      {tree.path("missing"), "", "kernel " + tree.path("missing") + ": no such file or directory"},
      {file, tree.path("missing"), "initrd " + tree.path("missing") + ": no such file or directory"},
      {tree.path(), file, "kernel " + tree.path() + ": expected a regular file"},
  };
  for (const auto& row : rows) {
    auto vm = test_support::machine();
    vm.kernel = row.kernel;
    vm.initrd = row.initrd;
    const auto checked = check_boot_files(vm);
    EXPECT_EQ(checked ? "" : checked.error().what, row.what);
    EXPECT_THAT(checked ? "correct the path in the config" : checked.error().hint,
                HasSubstr("correct the path in the config"));
  }
}

// A host on which everything is there but the secret.
class PrepareStartTest : public testing::Test {
 protected:
  PrepareStartTest() {
    m_vm.program = m_tree.write("qemu", "", 0755);
    m_vm.kernel = m_tree.write("kernel", "", 0644);
    m_vm.accelerator = config::Accelerator::tcg;
    m_vm.secrets.push_back(test_support::file_secret("api-key", m_tree.path("api-key")));
  }

  // The error of a dry run, or the names and sizes that it came to.
  std::string dry_run(const char* credentials_directory = nullptr) const {
    return in_child([&]() -> std::string {
             TestStoredSecrets stored;
             ::setenv("VMCRED_RUNTIME_DIR", m_tree.path("run").c_str(), 1);
             ::unsetenv("CREDENTIALS_DIRECTORY");
             if (credentials_directory != nullptr)
               ::setenv("CREDENTIALS_DIRECTORY", credentials_directory, 1);
             const auto prepared = prepare_start(m_vm, stored, Purpose::dry_run);
             if (!prepared) return prepared.error().what;
             std::string text;
             for (const auto& outline : prepared->outlines)
               text += outline.name.text() + " " + std::to_string(outline.size) + "\n";
             return text;
           })
        .text;
  }

  test_support::TemporaryDirectory m_tree;
  config::VirtualMachine m_vm = test_support::machine();
};

TEST_F(PrepareStartTest, EveryErrorNamesTheVmOnce) {
  EXPECT_EQ(dry_run(),
            "vm 'test-vm': secret 'api-key': " + m_tree.path("api-key") + ": no such file or directory");
  m_vm.kernel = "/nonexistent/kernel";
  EXPECT_EQ(dry_run(), "vm 'test-vm': kernel /nonexistent/kernel: no such file or directory");
  m_vm.program = "/nonexistent/qemu";
  EXPECT_EQ(dry_run(), "vm 'test-vm': hypervisor /nonexistent/qemu is no program that can be run");
}

TEST_F(PrepareStartTest, ADryRunReadsTheSecretsAndMakesNothing) {
  m_tree.write("api-key", "12345", 0400);
  EXPECT_THAT(dry_run(), StartsWith("API_KEY 5\nvmcred.manifest "));
  EXPECT_FALSE(base::path_exists(m_tree.path("run")));
}

TEST_F(PrepareStartTest, UnderSystemdOnlyTheCredentialsDirectoryCounts) {
  m_tree.write("api-key", "12345", 0400);  // the source, which may not be read there
  const std::string directory = m_tree.make_directory("credentials", 0700);
  EXPECT_EQ(dry_run(directory.c_str()),
            "vm 'test-vm': secret 'api-key': host-api-key not found in credentials directory");
  m_tree.write("credentials/host-api-key", "123", 0400);
  EXPECT_THAT(dry_run(directory.c_str()), StartsWith("API_KEY 3\n"));
  ASSERT_EQ(::chmod(directory.c_str(), 0755), 0);
  EXPECT_THAT(dry_run(directory.c_str()), HasSubstr("is open to other users"));
}

}  // namespace
}  // namespace vmcred::runner
