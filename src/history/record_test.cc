// SPDX-License-Identifier: Apache-2.0
#include "history/record.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "history/archive.h"
#include "history/difference.h"
#include "support/bytes.h"
#include "support/temporary_directory.h"

namespace vmcred::history {
namespace {

SecretState version(std::string text) { return KeptState{.version = std::move(text), .digest = {}}; }

Record example(std::string started = "2026-01-02T03:04:05Z") {
  return {.vm = "web",
          .started = std::move(started),
          .program = "1.0",
          .invocation = "0af1",
          .entry = R"({"kernel":"/k","mem":64,"secrets":{"key":{"path":"/x"}}})",
          .files = {{.path = "/k", .bytes = 7, .modified_ns = -1}},
          .secrets = {{.name = "key", .state = version("aa")}}};
}

Launch launch(Record record, std::vector<Unseen> unseen = {}) {
  return {.record = std::move(record), .unseen = std::move(unseen)};
}

TEST(Record, ComesBackFromItsText) {
  const auto again = parse_record(text_of(example()), "r");
  ASSERT_TRUE(again) << again.error().what;
  EXPECT_EQ(text_of(*again), text_of(example()));
  EXPECT_EQ(again->entry, example().entry);
  EXPECT_EQ(again->files, example().files);
  Record unknown = example();
  unknown.entry = "";
  EXPECT_EQ(parse_record(text_of(unknown), "r")->entry, "");
}

TEST(Record, RefusesWhatIsNone) {
  for (
      const char* text :
      {"", "{", "[]", "7", "{}", R"({"format":2})", R"({"format":1,"vm":7})",
       R"({"format":1,"vm":"a","started":"","program":"","invocation":"","entry":{},"files":[1],"secrets":[]})"}) {
    const auto record = parse_record(text, "/r.json");
    ASSERT_FALSE(record) << text;
    EXPECT_EQ(record.error().what, "/r.json is no record of a launch");
  }
}

TEST(Difference, NamesWhatIsAnother) {
  EXPECT_TRUE(difference(launch(example("later")), example()).empty());
  Record now = example();
  now.entry = R"({"kernel":"/k","mem":128,"secrets":{"key":{"path":"/x"},"new":{"path":"/y"}}})";
  now.files[0].bytes = 8;
  now.secrets[0].state = version("bb");
  const Difference found = difference(launch(now), example());
  EXPECT_EQ(sentence(found), "secret key; keys mem, secrets.new; /k");
}

TEST(Difference, TellsWhatNobodyCanSee) {
  Record now = example();
  now.secrets[0].state = UnknownState{};
  EXPECT_FALSE(difference(launch(now), example()).empty());
  const Difference found = difference(launch(now, {{.name = "key", .why = ""}}), example());
  EXPECT_TRUE(found.empty());
  EXPECT_EQ(found.unseen, std::vector<std::string>{"key"});
}

TEST(Difference, CountsAConfigThatChangedMeanwhile) {
  Record then = example();
  then.entry = "";
  EXPECT_EQ(sentence(difference(launch(example()), then)), "the config, while it started");
}

TEST(IsAnother, CountsNothingThatIsUnknown) {
  Record then = example();
  then.secrets[0].state = UnknownState{};
  EXPECT_FALSE(is_another(example(), then));
  then.entry = "";
  EXPECT_FALSE(is_another(example(), then)) << "nobody could go back to it";
  EXPECT_TRUE(is_another(then, example())) << "the last one that is known";
}

TEST(IsAnother, LooksOnlyAtWhatCanBeBroughtBack) {
  Record now = example();
  now.files[0].bytes = 8;
  EXPECT_FALSE(is_another(now, example()));
  now.secrets[0].state = version("bb");
  EXPECT_TRUE(is_another(now, example()));
  now = example();
  Record then = example();
  now.secrets[0].state = DeliveredState{.key_id = "x", .digest = {}};
  then.secrets[0].state = DeliveredState{.key_id = "x", .digest = {std::byte{1}}};
  EXPECT_FALSE(is_another(now, then)) << "a file of the host";
  now.entry = "{}";
  EXPECT_TRUE(is_another(now, example()));
}

// R22: what runs, and what ran before it.
TEST(Archive, KeepsTheLastTwoThatDiffer) {
  const test_support::TemporaryDirectory directory;
  const Archive archive(directory.path("records"));
  EXPECT_FALSE(*archive.booted("web"));
  ASSERT_TRUE(archive.add(example("first")));
  ASSERT_TRUE(archive.add(example("second")));
  EXPECT_FALSE(*archive.previous("web")) << "the same launch again";
  Record other = example("third");
  other.secrets[0].state = version("bb");
  ASSERT_TRUE(archive.add(other));
  EXPECT_EQ((*archive.booted("web"))->started, "third");
  EXPECT_EQ((*archive.previous("web"))->started, "second");
  EXPECT_EQ(test_support::mode_of(directory.path("records")), 0700U);
  EXPECT_EQ(test_support::mode_of(directory.path("records/web")), 0700U);
  EXPECT_EQ(test_support::mode_of(directory.path("records/web/booted.json")), 0600U);
}

TEST(Archive, KeepsThePreviousOneWhereNothingIsKnownOfTheNext) {
  const test_support::TemporaryDirectory directory;
  const Archive archive(directory.path("records"));
  Record other = example("second");
  other.entry = "{}";
  Record unknown = other;
  unknown.secrets[0].state = UnknownState{};
  for (const Record& record : {example("first"), unknown, other}) ASSERT_TRUE(archive.add(record));
  EXPECT_EQ((*archive.previous("web"))->started, "first");
}

TEST(Archive, KeepsATargetUntilALaunchComesUp) {
  const test_support::TemporaryDirectory directory;
  const Archive archive(directory.path("records"));
  EXPECT_FALSE(*archive.target("web"));
  ASSERT_TRUE(archive.set_target(example("wanted")));
  EXPECT_EQ((*archive.target("web"))->started, "wanted");
  ASSERT_TRUE(archive.add(example()));
  EXPECT_FALSE(*archive.target("web"));
}

TEST(Archive, ReplacesARecordThatIsBroken) {
  const test_support::TemporaryDirectory directory;
  const Archive archive(directory.path("records"));
  ASSERT_TRUE(archive.add(example()));
  directory.write("records/web/booted.json", "{");
  EXPECT_FALSE(archive.booted("web"));
  ASSERT_TRUE(archive.add(example("again")));
  EXPECT_EQ((*archive.booted("web"))->started, "again");
}

}  // namespace
}  // namespace vmcred::history
