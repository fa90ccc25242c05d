// SPDX-License-Identifier: Apache-2.0
#include "unit/write_units.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <filesystem>

#include "base/file.h"
#include "support/temporary_directory.h"

namespace vmcred::unit {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

UnitSet sample() {
  return {.files = {{.path = "a.service", .text = "A"}, {.path = "b.service.d/50-vmcred.conf", .text = "B"}},
          .links = {{.path = "x.target.wants/a.service", .target = "../a.service"}},
          .broken = {}};
}

std::vector<base::Error> write_units(const UnitSet& set, const std::string& directory) {
  UnitWriter writer(directory);
  for (const UnitFile& file : set.files) writer.write(file);
  for (const UnitLink& link : set.links) writer.write(link);
  return writer.failures();
}

TEST(WriteUnits, WritesFilesAndLinksAndReplacesThem) {
  const test_support::TemporaryDirectory directory;
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(write_units(sample(), directory.path()), IsEmpty());
    EXPECT_EQ(*base::read_text_file(directory.path("a.service"), 10), "A");
    EXPECT_EQ(*base::read_text_file(directory.path("b.service.d/50-vmcred.conf"), 10), "B");
    EXPECT_EQ(fs::read_symlink(directory.path("x.target.wants/a.service")), "../a.service");
  }
}

TEST(WriteUnits, GoesOnAfterAFailure) {
  const test_support::TemporaryDirectory directory;
  fs::create_directory(directory.path("a.service"));
  const auto failures = write_units(sample(), directory.path());
  ASSERT_THAT(failures, SizeIs(1));
  EXPECT_THAT(failures[0].what, HasSubstr("/a.service: is a directory"));
  EXPECT_TRUE(fs::exists(directory.path("b.service.d/50-vmcred.conf")));
}

TEST(WriteUnits, FollowsNoLink) {
  const test_support::TemporaryDirectory directory;
  directory.write("kept", "old", 0600);
  fs::create_symlink("kept", directory.path("a.service"));
  EXPECT_THAT(write_units(sample(), directory.path()), SizeIs(1));
  EXPECT_EQ(*base::read_text_file(directory.path("kept"), 10), "old");
}

TEST(WriteUnits, TellsThatThereIsNoDirectory) {
  EXPECT_THAT(write_units(sample(), "/nonexistent/directory"), SizeIs(1));
}

}  // namespace
}  // namespace vmcred::unit
