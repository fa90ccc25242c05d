// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/initrd_file.h"

#include <gmock/gmock.h>

#include "base/process.h"
#include "base/text.h"
#include "credential/initrd_segment.h"
#include "runner/handover/guest_program.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using test_support::credential_of;

credential::CredentialSet two_secrets() {
  credential::CredentialSet set;
  set.push_back(credential_of("A", "first"));
  set.push_back(credential_of("B", std::string(10'000, '\0') + test_support::all_bytes()));
  return set;
}

vmm::PlannedFile planned(const std::string& initrd, std::string next_init) {
  return {.content = vmm::PlannedFile::Content::initrd,
          .credentials = {0, 1},
          .size = 0,
          .initrd = initrd,
          .next_init = std::move(next_init)};
}

TEST(MakeInitrdFileTest, TheGuestsInitrdComesFirstThenTheSegmentAtAWord) {
  const test_support::TemporaryDirectory tree;
  const auto set = two_secrets();
  const auto outlines = credential::archived_outlines(set);
  for (const std::size_t size : {0U, 1U, 4U, 4095U, 4096U, 3'000'001U}) {
    const std::string initrd(size, 'i');
    const auto file = make_initrd_file(planned(tree.write("initrd", initrd), ""), set);
    ASSERT_TRUE(file) << file.error().what;
    std::string expected = initrd + std::string(credential::initrd_padding(size), '\0');
    std::string segment(credential::import_segment_size(outlines), '\0');
    credential::write_import_segment(set, std::as_writable_bytes(std::span(segment)));
    EXPECT_TRUE(test_support::read_descriptor(file->get()) == expected + segment) << size;
    EXPECT_EQ(::fcntl(file->get(), F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
    EXPECT_EQ(::fcntl(file->get(), F_GETFD), 0);
    EXPECT_EQ(::lseek(file->get(), 0, SEEK_CUR), 0);
  }
}

TEST(MakeInitrdFileTest, AMissingInitrdAndADirectoryAreErrorsOfTheHost) {
  const test_support::TemporaryDirectory tree;
  const auto set = two_secrets();
  const auto missing = make_initrd_file(planned(tree.path("initrd"), ""), set);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, base::ErrorKind::host);
  EXPECT_EQ(missing.error().what, tree.path("initrd") + ": no such file or directory");
  const auto directory = make_initrd_file(planned(tree.path(), ""), set);
  ASSERT_FALSE(directory);
  EXPECT_EQ(directory.error().what, tree.path() + ": expected a regular file");
}

TEST(FindGuestProgramTest, ItIsBesideUsOrInLibexec) {
  const test_support::TemporaryDirectory tree;
  const std::string bin = tree.make_directory("bin");
  const auto missing = find_guest_program(bin);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, base::ErrorKind::host);
  EXPECT_THAT(missing.error().hint, testing::HasSubstr("install it"));
  tree.make_directory("libexec");
  tree.make_directory("libexec/vmcred");
  tree.write("libexec/vmcred/vmcred-guest", "", 0755);
  EXPECT_EQ(find_guest_program(bin).value_or(""), bin + "/../libexec/vmcred/vmcred-guest");
  tree.write("bin/vmcred-guest", "", 0755);
  EXPECT_EQ(find_guest_program(bin).value_or(""), bin + "/vmcred-guest");
}

}  // namespace
}  // namespace vmcred::runner
