// SPDX-License-Identifier: Apache-2.0
#include "sops/mac.h"

#include "sops/json.h"
#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

// `printf '' | sha512sum` and `printf abc | sha512sum`, in upper case.
constexpr std::string_view k_of_nothing =
    "CF83E1357EEFB8BDF1542850D66D8007D620E4050B5715DC83F4A921D36CE9CE"
    "47D0D13C5D85F2B0FF8318D2877EEC2F63B931BD47417A81A538327AF927DA3E";
constexpr std::string_view k_of_abc =
    "DDAF35A193617ABACC417349AE20413112E6FA4E89A97EA20A9EEEE64B55D39A"
    "2192992A274FC1A836BA3C23A3FEEBBD454D4423643CE80E2A9AC94FA54CA49F";

std::string mac_of(std::string_view json, const Rule& rule = {}, bool only_encrypted = false) {
  std::vector<Map> trees;
  trees.push_back(must(parse_json(bytes_of(json), Reading::plain)));
  return string_of(must(compute_mac(trees, must(RuleMatcher::compile(rule)), only_encrypted)));
}

TEST(Mac, IsOverTheValuesInOrder) {
  EXPECT_EQ(mac_of(R"({"x": "abc"})"), k_of_abc);
  EXPECT_EQ(mac_of(R"({"x": "a", "y_unencrypted": {"z": ["b", "c"]}})"), k_of_abc);
  EXPECT_NE(mac_of(R"({"x": "b", "y": "a", "z": "c"})"), k_of_abc);
}

TEST(Mac, TakesNoNullsAndNothingEmpty) {
  EXPECT_EQ(mac_of("{}"), k_of_nothing);
  EXPECT_EQ(mac_of(R"({"a": null, "b": "", "c": {}, "d": [null, []]})"), k_of_nothing);
}

TEST(Mac, TakesNumbersAndTruthsInTheirCanonicalForm) {
  EXPECT_EQ(mac_of(R"({"a": 25, "b": 1.50, "c": true})"), mac_of(R"({"a": "251.5True"})"));
}

TEST(Mac, OfEncryptedValuesAloneBeginsWithAFixedPrefix) {
  // `printf sops | sha256sum | cut -d' ' -f1 | xxd -r -p | sha512sum`, in upper case.
  constexpr std::string_view k_of_prefix =
      "1EE9AD533B409ABB860E3F836F93434DD393834C3D25963ED4DF84DA948472B4"
      "C0FE49F92A6E7EB408269999429CF03720535D236983DC0A551DB5AF3D466F7B";
  const std::string open_only = mac_of(R"({"a_unencrypted": "x"})", {}, true);
  EXPECT_EQ(open_only, k_of_prefix);
  EXPECT_EQ(mac_of("{}", {}, true), k_of_prefix);
  EXPECT_EQ(mac_of(R"({"a_unencrypted": "x", "b": "y"})", {}, true), mac_of(R"({"b": "y"})", {}, true));
  EXPECT_NE(mac_of(R"({"b": "y"})", {}, true), mac_of(R"({"b": "y"})"));
}

TEST(Mac, OfAnotherTimeIsAMismatch) {
  const Person person = new_person();
  const std::string file = encrypt_text(R"({"a": "x"})", Format::json, person);
  Document document = must(parse_encrypted(bytes_of(file), Format::json));
  const std::string time = document.metadata.last_modified;
  const std::string fractions = replaced(file, time, std::string(time.begin(), time.end() - 1) + ".25Z");
  EXPECT_TRUE(decrypt_text(fractions, Format::json, person)) << "the time counts without fractions";
  const std::string other = replaced(file, time, "2020-01-01T00:00:00Z");
  EXPECT_EQ(failure_in(decrypt_text(other, Format::json, person)), Failure::mac_mismatch);
  EXPECT_TRUE(decrypt_text(other, Format::json, person, MacCheck::ignored));
}

}  // namespace
}  // namespace vmcred::sops
