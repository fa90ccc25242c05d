// SPDX-License-Identifier: Apache-2.0
#include "sops/creation_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "sops/failure.h"
#include "support/temporary_directory.h"

namespace vmcred::sops {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view k_alice = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
constexpr std::string_view k_bob = "age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg";

std::string with_keys(std::string text) {
  for (const auto& [name, key] : {std::pair{"ALICE", k_alice}, std::pair{"BOB", k_bob}}) {
    for (std::size_t at = 0; (at = text.find(name)) != std::string::npos;)
      text.replace(at, 3 + (name[0] == 'A') * 2, key);
  }
  return text;
}

SopsConfig config_of(const std::string& text) {
  std::vector<std::string> warnings;
  return SopsConfig::parse("/project/.sops.yaml", with_keys(text), warnings).value();
}

std::vector<std::string> names_of(const age::Recipients& recipients) {
  std::vector<std::string> names;
  for (const auto& recipient : recipients) names.push_back(recipient->text());
  return names;
}

std::vector<std::string> first_group(const SopsConfig& config, const std::string& path) {
  return names_of(config.rule_for(path).value().value().groups.front());
}

std::string problem_of(const std::string& text, const std::string& path = "/project/x.yaml") {
  std::vector<std::string> warnings;
  const auto config = SopsConfig::parse("/project/.sops.yaml", with_keys(text), warnings);
  if (!config) return config.error().what;
  const auto rule = config->rule_for(path);
  return rule ? "" : rule.error().what;
}

TEST(CreationRules, FirstRuleWhosePathMatchesCounts) {
  const auto config = config_of(
      "creation_rules:\n- path_regex: ^a/\n  age: ALICE\n- path_regex: \\.json$\n  age: BOB\n- age: 'ALICE, "
      "BOB,'\n");
  EXPECT_THAT(first_group(config, "/project/a/x.json"), ElementsAre(k_alice));
  EXPECT_THAT(first_group(config, "/project/b/a/x.json"), ElementsAre(k_bob));
  EXPECT_THAT(first_group(config, "/project/b/../a/x.json"), ElementsAre(k_alice));
  EXPECT_THAT(first_group(config, "/elsewhere/a/x.yaml"), ElementsAre(k_alice, k_bob));
}

TEST(CreationRules, AnchorsAndMergesAreFollowed) {
  const auto config = config_of(
      "base: &base {age: [ALICE], encrypted_regex: ^x}\ncreation_rules:\n  # a comment\n  - <<: *base\n    "
      "mac_only_encrypted: true\n");
  const auto rule = config.rule_for("/project/x").value().value();
  EXPECT_THAT(names_of(rule.groups.front()), ElementsAre(k_alice));
  EXPECT_EQ(rule.rule.kind, Rule::Kind::encrypted_regex);
  EXPECT_TRUE(rule.mac_only_encrypted);
}

TEST(CreationRules, GroupsMayMergeOthers) {
  const auto config = config_of(
      "creation_rules:\n- shamir_threshold: 2\n  key_groups:\n  - age: [ALICE]\n  - age: [BOB]\n    merge:\n "
      "   - age: "
      "[ALICE]\n");
  const auto rule = config.rule_for("/project/x").value().value();
  ASSERT_EQ(rule.groups.size(), 2U);
  EXPECT_THAT(names_of(rule.groups[1]), ElementsAre(k_alice, k_bob));
  EXPECT_EQ(rule.shamir_threshold, 2U);
}

TEST(CreationRules, ConfigWithoutRulesSaysNothing) {
  for (const char* text : {"", "# nothing\n", "{}\n", "creation_rules:\n", "stores: {yaml: {indent: 2}}\n"})
    EXPECT_FALSE(config_of(text).rule_for("/project/x").value().has_value()) << text;
  EXPECT_EQ(config_of("stores: {yaml: {indent: 2}, json: {indent: 3}}\n").indents().yaml, 2U);
}

TEST(CreationRules, RefusesWhatItCannotFollow) {
  EXPECT_THAT(problem_of("creation_rules: [{path_regex: '('}]\n"), HasSubstr("path_regex '('"));
  EXPECT_THAT(problem_of("creation_rules: [{path_regex: ^y}]\n"),
              HasSubstr("no creation rule is about 'x.yaml'"));
  EXPECT_THAT(problem_of("creation_rules: [{pgp: ABC}]\n"), HasSubstr("'pgp'"));
  EXPECT_THAT(problem_of("creation_rules: [{key_groups: [{kms: [{arn: x}]}]}]\n"), HasSubstr("'kms'"));
  EXPECT_THAT(problem_of("creation_rules: [{age: nobody}]\n"), HasSubstr("nobody"));
  EXPECT_THAT(problem_of("creation_rules: [{age: {a: b}}]\n"), HasSubstr("'age' is not"));
  EXPECT_THAT(problem_of("creation_rules: [{shamir_threshold: many}]\n"),
              HasSubstr("'shamir_threshold' is not"));
  EXPECT_THAT(problem_of("creation_rules: {a: b}\n"), HasSubstr("'creation_rules' is not a list"));
  EXPECT_THAT(problem_of("creation_rules: [{encrypted_regex: a, encrypted_suffix: b}]\n"),
              HasSubstr("one of them"));
  EXPECT_EQ(problem_of("creation_rules: [{path_regex: ^y, pgp: ABC}, {age: ALICE, pgp: ''}]\n"), "");
}

TEST(CreationRules, WarnsOfWhatNothingReads) {
  std::vector<std::string> warnings;
  ASSERT_TRUE(SopsConfig::parse("f", "creation_rule: []\nkeys: []\ncreation_rules: [{encripted_regex: x}]\n",
                                warnings));
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("did you mean 'creation_rules'?"),
                                    HasSubstr("did you mean 'encrypted_regex'?")));
}

TEST(CreationRules, ConfigIsFoundInFoldersAbove) {
  const test_support::TemporaryDirectory directory;
  const std::string root = directory.path();
  std::filesystem::create_directories(root + "/a/b");
  std::ofstream(root + "/.sops.yaml") << "{}\n";
  std::ofstream(root + "/a/.sops.yml") << "{}\n";
  std::vector<std::string> warnings;
  EXPECT_EQ(find_sops_config(root + "/a/b", warnings), root + "/.sops.yaml");
  EXPECT_THAT(warnings, ElementsAre(HasSubstr(".sops.yml is not read")));
}

}  // namespace
}  // namespace vmcred::sops
