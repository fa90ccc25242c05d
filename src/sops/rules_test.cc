// SPDX-License-Identifier: Apache-2.0
#include "sops/rules.h"

#include "sops/dotenv.h"
#include "sops/json.h"
#include "sops/test_keys.h"
#include "sops/walk.h"

namespace vmcred::sops {
namespace {

using Kind = Rule::Kind;

// The plain leaves of a document, encrypted ones in upper case.
std::string walked(std::vector<Map>& trees, const Rule& rule) {
  std::string text;
  must(walk_leaves(trees, must(RuleMatcher::compile(rule)), [&](Leaf& leaf, const Place& place) {
    std::string word(text_of(leaf.plaintext.bytes()));
    if (place.encrypted)
      for (char& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    text += (text.empty() ? "" : " ") + word;
    return base::Result<void>();
  }));
  return text;
}

std::string in_json(std::string_view json, const Rule& rule) {
  std::vector<Map> trees;
  trees.push_back(must(parse_json(bytes_of(json), Reading::plain)));
  return walked(trees, rule);
}

std::string in_dotenv(std::string_view text, const Rule& rule) {
  std::vector<Map> trees;
  trees.push_back(must(parse_dotenv(bytes_of(text), Reading::plain)));
  return walked(trees, rule);
}

constexpr std::string_view k_tree =
    R"({"a": "one", "b_open": {"c": "two", "d": ["three"]}, "e": [{"f_open": "four"}, "five"]})";

TEST(Rules, WithoutOneTheDefaultSuffixIsOpen) {
  EXPECT_EQ(in_json(R"({"a": "x", "a_unencrypted": "y", "b_unencrypted": {"c": ["z"]}})", {}), "X y z");
}

TEST(Rules, EachKindLooksAtEveryKeyOnTheWay) {
  EXPECT_EQ(in_json(k_tree, {Kind::unencrypted_suffix, "_open"}), "ONE two three four FIVE");
  EXPECT_EQ(in_json(k_tree, {Kind::encrypted_suffix, "_open"}), "one TWO THREE FOUR five");
  EXPECT_EQ(in_json(k_tree, {Kind::unencrypted_regex, "^(a|d)$"}), "one TWO three FOUR FIVE");
  EXPECT_EQ(in_json(k_tree, {Kind::encrypted_regex, "^(a|d)$"}), "ONE two THREE four five");
}

TEST(Rules, ExpressionsMatchAnywhereInAKey) {
  EXPECT_EQ(in_json(k_tree, {Kind::encrypted_regex, "op"}), "one TWO THREE FOUR five");
}

constexpr std::string_view k_comments = "#plain\nA=one\n#key word\n#more\nB=two\nC=three\n#word\nD=four\n";

TEST(Rules, ACommentSwitchesEncryptionOnForWhatFollowsButNotForItself) {
  EXPECT_EQ(in_dotenv(k_comments, {Kind::encrypted_comment_regex, "word"}),
            "plain one key word MORE TWO three word FOUR");
}

TEST(Rules, ACommentSwitchesEncryptionOffForItselfToo) {
  EXPECT_EQ(in_dotenv(k_comments, {Kind::unencrypted_comment_regex, "word"}),
            "PLAIN ONE key word more two THREE word four");
}

TEST(Rules, CommentsAreEncryptedAsValuesAre) {
  EXPECT_EQ(in_dotenv("#x\nA=y\n", {}), "X Y");
  EXPECT_EQ(in_dotenv("#x\nA=y\n", {Kind::encrypted_regex, "A"}), "x Y");
}

// A comment and a list with a comment, inside a map.
std::vector<Map> nested_comments() {
  Sequence list;
  list.items.push_back({must(make_leaf(Leaf::Type::comment, "word"))});
  list.items.push_back({must(make_leaf(Leaf::Type::string, "first"))});
  list.items.push_back({must(make_leaf(Leaf::Type::string, "second"))});
  Map inner;
  inner.entries.push_back({.key = "list", .value = {std::move(list)}});
  inner.entries.push_back({.key = "", .value = {must(make_leaf(Leaf::Type::comment, "other"))}});
  inner.entries.push_back({.key = "k", .value = {must(make_leaf(Leaf::Type::string, "third"))}});
  std::vector<Map> trees(1);
  trees.front().entries.push_back({.key = "", .value = {must(make_leaf(Leaf::Type::comment, "other"))}});
  trees.front().entries.push_back({.key = "m", .value = {std::move(inner)}});
  return trees;
}

TEST(Rules, CommentsCountForTheItemBehindThemWithAllThatIsInIt) {
  auto trees = nested_comments();
  EXPECT_EQ(walked(trees, {Kind::encrypted_comment_regex, "word"}), "other word FIRST second other third");
  EXPECT_EQ(walked(trees, {Kind::encrypted_comment_regex, "other"}), "other WORD FIRST SECOND OTHER THIRD");
  EXPECT_EQ(walked(trees, {Kind::unencrypted_comment_regex, "word"}), "OTHER word first SECOND OTHER THIRD");
}

TEST(Rules, APlaceIsItsKeysWithoutNumbers) {
  auto trees = nested_comments();
  std::vector<std::string> places;
  must(walk_leaves(trees, must(RuleMatcher::compile({})), [&](Leaf&, const Place& place) {
    places.push_back(place.associated_data);
    return base::Result<void>();
  }));
  EXPECT_EQ(places, (std::vector<std::string>{":", "m:list:", "m:list:", "m:list:", "m:", "m:k:"}));
}

TEST(Rules, AnExpressionThatIsNoneIsAnError) {
  EXPECT_EQ(failure_in(RuleMatcher::compile({Kind::encrypted_regex, "("})), Failure::generic);
}

}  // namespace
}  // namespace vmcred::sops
