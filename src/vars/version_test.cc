// SPDX-License-Identifier: Apache-2.0
#include "vars/version.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_directory.h"

namespace vmcred::vars {
namespace {

const VersionFile k_file{
    .current = {.version = "aa", .from = {{"shared/ca", "bb"}, {"per-machine/web/base", "-"}}},
    .previous = WayBack{.making = {.version = "cc", .from = {{"shared/ca", "dd"}}},
                        .validation = "ee",
                        .files = {"key", "cert.pem"}},
};
constexpr std::string_view k_text =
    "version aa\nfrom per-machine/web/base -\nfrom shared/ca bb\nprevious-version cc\nprevious-from "
    "shared/ca "
    "dd\nprevious-validation ee\nprevious-file key\nprevious-file cert.pem\n";

TEST(Version, WritesAndReadsItsFile) {
  EXPECT_EQ(text_of(k_file), k_text);
  const auto read = parse_version_file(k_text, "x");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, k_file);
  EXPECT_EQ(*parse_version_file("", "x"), VersionFile());
}

TEST(Version, PointsAtALineThatIsNone) {
  for (const char* text :
       {"<<<<<<< HEAD\n", "version\n", "from a\n", "previous-from a b\n", "version a b\n"}) {
    const auto read = parse_version_file(text, "x");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().what, "x:1: not a line of a version file");
  }
}

TEST(Version, AHashThatIsNoWordBreaksNoLine) {
  VersionFile file = k_file;
  file.previous->validation = "two\nlines";
  const auto read = parse_version_file(text_of(file), "x");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->previous->validation, "-");
}

TEST(Version, NewOnesAreRandom) {
  EXPECT_THAT(*new_version(), testing::MatchesRegex("^[0-9a-f]{32}$"));
  EXPECT_NE(*new_version(), *new_version());
}

TEST(Version, IsUnknownWhereThereIsNoFile) {
  const test_support::TemporaryDirectory directory;
  const store::GeneratorId id{.placement = {}, .generator = "ca"};
  const Versions versions(directory.path("vars"));
  EXPECT_EQ(*versions.version_of(id), "-");
  auto transaction = store::Transaction::begin(versions.root());
  ASSERT_TRUE(transaction) << transaction.error().what;
  ASSERT_TRUE(versions.write(*transaction, id, k_file));
  ASSERT_TRUE(transaction->commit("x"));
  EXPECT_EQ(test_support::read_file(directory.path("vars/shared/ca/.version")), k_text);
  EXPECT_EQ(*versions.version_of(id), "aa");
}

}  // namespace
}  // namespace vmcred::vars
