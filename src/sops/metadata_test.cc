// SPDX-License-Identifier: Apache-2.0
#include "sops/metadata.h"

#include "base/utc_time.h"
#include "sops/json.h"
#include "sops/test_keys.h"
#include "sops/time.h"

namespace vmcred::sops {
namespace {

base::Result<Metadata> read(std::string_view json) {
  return read_metadata(must(parse_json(bytes_of(json), Reading::encrypted)));
}

std::string written(const Metadata& metadata) {
  const Map map = must(write_metadata(metadata));
  std::string text = must(public_text([&](TextSink& sink) { return write_json(map, 1, sink); }));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

// The parts that all versions share.
constexpr std::string_view k_rest = R"("lastmodified":"2026-01-02T03:04:05Z","mac":"ENC[m]",)";

std::string file_of_3_7_1() {
  return std::string(
             R"({"kms":null,"gcp_kms":null,"azure_kv":null,"hc_vault":null,"age":[{"recipient":"age1x","enc":"e"}],)") +
         std::string(k_rest) + R"("pgp":null,"unencrypted_suffix":"_unencrypted","version":"3.7.1"})";
}
std::string file_of_3_9_1() { return replaced(file_of_3_7_1(), "3.7.1", "3.9.1"); }
std::string file_of_3_10_2() {
  return std::string(R"({"age":[{"recipient":"age1x","enc":"e"}],)") + std::string(k_rest) +
         R"("unencrypted_suffix":"_unencrypted","version":"3.10.2"})";
}
std::string file_of_3_11_0() {
  return std::string(R"({"age":[{"recipient":"age1x","enc":"e"}],)") + std::string(k_rest) +
         R"("version":"3.11.0"})";
}
std::string file_of_3_13_2() {
  return std::string(R"({"age":[{"enc":"e","recipient":"age1x"}],)") + std::string(k_rest) +
         R"("version":"3.13.2"})";
}

TEST(Metadata, EveryVersionsFormIsReadAndWrittenAsItWas) {
  for (const auto& text :
       {file_of_3_7_1(), file_of_3_9_1(), file_of_3_10_2(), file_of_3_11_0(), file_of_3_13_2()}) {
    const Metadata metadata = must(read(text));
    ASSERT_EQ(metadata.groups.size(), 1U);
    ASSERT_EQ(metadata.groups.front().age.size(), 1U);
    EXPECT_EQ(metadata.groups.front().age.front().recipient, "age1x");
    EXPECT_EQ(metadata.groups.front().age.front().enc, "e");
    EXPECT_EQ(metadata.mac, "ENC[m]");
    EXPECT_EQ(metadata.last_modified, "2026-01-02T03:04:05Z");
    EXPECT_EQ(written(metadata), text);
  }
}

TEST(Metadata, NewFieldsComeSortedByName) {
  Metadata metadata;
  metadata.groups.resize(1);
  metadata.groups.front().age.push_back({.recipient = "age1x", .enc = "e"});
  metadata.last_modified = "t";
  metadata.mac = "ENC[m]";
  metadata.version = "v";
  metadata.mac_only_encrypted = true;
  metadata.rule = {Rule::Kind::encrypted_regex, "r"};
  EXPECT_EQ(
      written(metadata),
      R"({"age":[{"enc":"e","recipient":"age1x"}],"encrypted_regex":"r","lastmodified":"t","mac":"ENC[m]",)"
      R"("mac_only_encrypted":true,"version":"v"})");
  metadata.groups.resize(2);
  metadata.groups.back().age.push_back({.recipient = "age1y", .enc = "f"});
  metadata.shamir_threshold = 2;
  EXPECT_EQ(written(metadata),
            R"({"encrypted_regex":"r","key_groups":[{"age":[{"enc":"e","recipient":"age1x"}]},)"
            R"({"age":[{"enc":"f","recipient":"age1y"}]}],"lastmodified":"t","mac":"ENC[m]",)"
            R"("mac_only_encrypted":true,"shamir_threshold":2,"version":"v"})");
}

TEST(Metadata, ANewFieldFindsItsPlaceAmongOldOnes) {
  Metadata metadata = must(read(file_of_3_11_0()));
  metadata.mac_only_encrypted = true;
  EXPECT_EQ(written(metadata),
            replaced(file_of_3_11_0(), R"("version")", R"("mac_only_encrypted":true,"version")"));
}

TEST(Metadata, NamesAreReadInAnyCaseAndValuesInAnyType) {
  const auto metadata =
      must(read(std::string(R"({"AGE":[{"Recipient":"age1x","ENC":"e"}],"Mac_Only_Encrypted":"true",)") +
                std::string(k_rest) + R"("shamir_threshold":"2","VERSION":"3.9.0"})"));
  EXPECT_EQ(metadata.groups.front().age.front().enc, "e");
  EXPECT_TRUE(metadata.mac_only_encrypted);
  EXPECT_EQ(metadata.shamir_threshold, 2U);
  EXPECT_EQ(metadata.version, "3.9.0");
}

TEST(Metadata, KeysOfOtherTypesAndUnknownFieldsAreKeptAsTheyAre) {
  const std::string text =
      std::string(
          R"({"age":[{"enc":"e","recipient":"age1x"}],"future":[{"enc":"f","id":7}],"hint":{"a":[1.5]},)") +
      std::string(k_rest) + R"("pgp":[{"created_at":"t","enc":"p","fp":"FP"}],"version":"3.13.2"})";
  const Metadata metadata = must(read(text));
  EXPECT_EQ(metadata.groups.front().others.entries.size(), 2U);
  EXPECT_EQ(written(metadata), text);
}

TEST(Metadata, FlatKeysCountBeforeKeyGroups) {
  const std::string groups = R"("key_groups":[{"age":[{"enc":"a","recipient":"age1a"}],"hc_vault":[]},)"
                             R"({"pgp":[{"enc":"p","fp":"FP"}],"age":null}],)";
  const auto both = must(read(R"({"age":[{"enc":"e","recipient":"age1x"}],)" + groups + std::string(k_rest) +
                              R"("version":"1"})"));
  ASSERT_EQ(both.groups.size(), 1U);
  EXPECT_EQ(both.groups.front().age.front().recipient, "age1x");
  for (const std::string_view none : {R"({"age":[],)", R"({"age":null,)", "{"}) {
    const auto metadata = must(read(std::string(none) + groups + std::string(k_rest) + R"("version":"1"})"));
    ASSERT_EQ(metadata.groups.size(), 2U);
    EXPECT_EQ(metadata.groups[0].age.front().recipient, "age1a");
    EXPECT_EQ(metadata.groups[1].others.entries.front().key, "pgp");
  }
}

TEST(Metadata, RefusesWhatSopsRefuses) {
  const auto refused = [](const std::string& text) { return failure_in(read(text)) == Failure::generic; };
  const std::string good = file_of_3_11_0();
  EXPECT_TRUE(refused(replaced(good, "2026-01-02T03:04:05Z", "yesterday")));
  EXPECT_TRUE(refused(replaced(good, R"([{"recipient":"age1x","enc":"e"}])", "[]")));
  EXPECT_TRUE(refused(replaced(good, R"([{"recipient":"age1x","enc":"e"}])", R"("x")")));
  EXPECT_TRUE(
      refused(replaced(good, R"("version")", R"("encrypted_regex":"a","encrypted_suffix":"b","version")")));
  EXPECT_TRUE(refused(replaced(good, R"("version")", R"("MAC":"ENC[n]","version")")));
  EXPECT_TRUE(refused(replaced(good, R"("version")", R"("mac_only_encrypted":"perhaps","version")")));
  EXPECT_TRUE(refused(replaced(good, R"("version")", R"("shamir_threshold":-1,"version")")));
  EXPECT_FALSE(refused(good));
}

TEST(Metadata, AVersionIsThreeNumbers) {
  for (const std::string_view good : {"3.9.0", "v3.13.2", "3.12.0-beta.1", "3.0.0+x", "1.5"})
    EXPECT_TRUE(check_version(good)) << good;
  for (const std::string_view bad : {"", "3", "3.9", "3.9.", "3.9.0.1", "3.x.0", "latest", "..", "v"})
    EXPECT_EQ(failure_in(check_version(bad)), Failure::generic) << bad;
}

TEST(Time, IsReadStrictlyAndMadeNormal) {
  EXPECT_EQ(normal_time("2026-01-02T03:04:05Z"), "2026-01-02T03:04:05Z");
  EXPECT_EQ(normal_time("2026-01-02T03:04:05.125Z"), "2026-01-02T03:04:05Z");
  EXPECT_EQ(normal_time("2026-01-02T03:04:05+00:00"), "2026-01-02T03:04:05Z");
  EXPECT_EQ(normal_time("2026-01-02T03:04:05.5-07:30"), "2026-01-02T03:04:05-07:30");
  for (const std::string_view bad :
       {"", "2026-01-02", "2026-01-02 03:04:05Z", "2026-13-02T03:04:05Z", "2026-02-29T03:04:05Z",
        "2026-01-02T24:04:05Z", "2026-01-02T03:04:60Z", "2026-01-02T03:04:05", "2026-01-02T03:04:05z",
        "2026-01-02T03:04:05.Z", "2026-01-02T03:04:05+0000", "2026-01-02T03:04:05Zx"})
    EXPECT_FALSE(normal_time(bad)) << bad;
  EXPECT_TRUE(is_time(base::utc_now()));
}

}  // namespace
}  // namespace vmcred::sops
