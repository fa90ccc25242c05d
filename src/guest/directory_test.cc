// SPDX-License-Identifier: Apache-2.0
// `list` and `cat`.
#include "guest/directory.h"

#include <gmock/gmock.h>

#include "credential/credential.h"
#include "guest/test_tree.h"

namespace vmcred::guest {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(ListTest, SortsByNameAndLeavesOutTheManifest) {
  const TestTree tree;
  tree.write("b-longer", std::string(1234, 'x'));
  tree.write("A", "1");
  tree.write("vmcred.manifest", "?");
  ::mkdir(tree.path("a-directory").c_str(), 0700);
  const auto outcome = run_guest({"list", "--directory", tree.path()});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out,
            "A         1 byte\n"
            "b-longer  1,234 bytes\n"
            "The host sent a manifest: 'vmcred-guest verify' compares with it.\n");
}

TEST(ListTest, GivesJson) {
  const TestTree tree;
  tree.write("a\"\\\n\xff", "12");
  const auto outcome = run_guest({"list", "--json", "--directory=" + tree.path()});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "{\"directory\":\"" + tree.path() +
                             "\",\"credentials\":[{\"name\":\"a\\\"\\\\\\u000a\\u00ff\",\"size\":2}],"
                             "\"manifest\":false}\n");
}

TEST(ListTest, NoFileNameForgesALine) {
  const TestTree tree;
  tree.write("a\nb  9 bytes", "1");
  EXPECT_EQ(run_guest({"list", "--directory", tree.path()}).out, "'a\\x0ab  9 bytes'  1 byte\n");
}

TEST(ListTest, SaysSoWhenNothingIsThere) {
  const TestTree tree;
  const auto outcome = run_guest({"list", "--directory", tree.path()});
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "(no credentials found)\n");
}

TEST(ListTest, TakesTheDirectoryOfTheEnvironment) {
  const TestTree tree;
  tree.write("A", "1");
  ::setenv("CREDENTIALS_DIRECTORY", tree.path().c_str(), 1);
  const auto outcome = run_guest({"list"});
  ::unsetenv("CREDENTIALS_DIRECTORY");
  EXPECT_EQ(outcome.out, "A  1 byte\n");
}

TEST(ListTest, ADirectoryThatWasNamedMustBeThere) {
  const TestTree tree;
  const auto outcome = run_guest({"list", "--directory", tree.path("absent")});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, HasSubstr("there is no credentials directory " + tree.path("absent")));
}

TEST(CatTest, GivesEveryByte) {
  std::string value;
  for (int i = 0; i < 3 * 256; ++i) value += static_cast<char>(i);
  const TestTree tree;
  tree.write("all", value);
  tree.write("empty", "");
  tree.write("large", std::string(credential::k_max_credential_bytes, 'x'));
  EXPECT_EQ(run_guest({"cat", "all", "--directory", tree.path()}).out, value);
  EXPECT_EQ(run_guest({"cat", "empty", "--directory", tree.path()}).out, "");
  EXPECT_EQ(run_guest({"cat", "large", "--directory", tree.path()}).out.size(),
            credential::k_max_credential_bytes);
}

TEST(CatTest, RefusesMoreThanACredentialMayHave) {
  const TestTree tree;
  tree.write("large", std::string(credential::k_max_credential_bytes + 1, 'x'));
  const auto outcome = run_guest({"cat", "large", "--directory", tree.path()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, HasSubstr("'large': larger than 1,048,576 bytes"));
}

TEST(CatTest, NamesWhatIsMissingAndWhatIsThere) {
  const TestTree tree;
  tree.write("API_KEY", "canary");
  tree.write("DB", "canary");
  const auto outcome = run_guest({"cat", "API_KEI", "--directory", tree.path()});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, AllOf(HasSubstr("no credential 'API_KEI' in " + tree.path()),
                                   HasSubstr("(did you mean 'API_KEY'?)"),
                                   HasSubstr("hint: there are: 'API_KEY', 'DB'"), Not(HasSubstr("canary"))));
}

TEST(CatTest, OpensNothingOutsideOfTheDirectory) {
  const TestTree tree;
  tree.write("outside", "canary");
  tree.write("in/A", "1");
  ASSERT_EQ(::symlink("../outside", tree.path("in/link").c_str()), 0);
  for (const std::string name : {"../outside", "link", ".", "..", "", "./A"}) {
    const auto outcome = run_guest({"cat", name, "--directory", tree.path("in")});
    EXPECT_EQ(outcome.exit_code, 1) << name;
    EXPECT_EQ(outcome.out, "") << name;
  }
}

}  // namespace
}  // namespace vmcred::guest
