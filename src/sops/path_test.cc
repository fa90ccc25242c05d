// SPDX-License-Identifier: Apache-2.0
#include "sops/path.h"

#include "sops/json.h"
#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

TEST(Path, IsReadAsSopsReadsIt) {
  EXPECT_EQ(must(parse_path(R"(["a"]['b"c'][0]["x y"])")), (Path{"a", "b\"c", std::size_t{0}, "x y"}));
  EXPECT_EQ(must(parse_path(R"(["a[0]"])")), (Path{"a[0]"}));
  EXPECT_EQ(must(parse_path(R"([""])")), (Path{""}));
  for (const std::string_view bad :
       {"", "a", "[", "[]", "[\"]", "[\"a\"", "[\"a\"]x", "[-1]", "[1x]", "['a\"]", "[99999999999999999999]"})
    EXPECT_EQ(failure_in(parse_path(bad)), Failure::bad_extract_path) << bad;
}

TEST(Path, ItsTextIsReadAgain) {
  const Path path = {"a", "b\"]c", std::size_t{12}};
  EXPECT_EQ(must(parse_path(path_text(path))), path);
}

std::string compact(const Map& map) {
  std::string text = must(public_text([&](TextSink& sink) { return write_json(map, 1, sink); }));
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

std::string after_setting(std::string_view path, std::string_view value) {
  Map map = must(parse_json(bytes_of(R"({"a":{"b":[1,2]},"c":"x"})"), Reading::plain));
  const std::string before = compact(map);
  const auto result = set_at(map, must(parse_path(path)), must(parse_json_value(bytes_of(value))));
  if (!result) {
    EXPECT_EQ(failure_of(result.error()), Failure::bad_set_value);
    EXPECT_EQ(compact(map), before);
    return "refused";
  }
  EXPECT_EQ(*result, compact(map) != before);
  return compact(map);
}

TEST(Path, SettingReplacesAppendsAndMakesWhatIsMissing) {
  EXPECT_EQ(after_setting(R"(["a"]["b"][1])", "3"), R"({"a":{"b":[1,3]},"c":"x"})");
  EXPECT_EQ(after_setting(R"(["a"]["b"][2])", "3"), R"({"a":{"b":[1,2,3]},"c":"x"})");
  EXPECT_EQ(after_setting(R"(["c"])", R"({"d":null})"), R"({"a":{"b":[1,2]},"c":{"d":null}})");
  EXPECT_EQ(after_setting(R"(["d"]["e"][0]["f"])", "true"),
            R"({"a":{"b":[1,2]},"c":"x","d":{"e":[{"f":true}]}})");
  EXPECT_EQ(after_setting(R"(["c"])", R"("x")"), R"({"a":{"b":[1,2]},"c":"x"})");
}

TEST(Path, SettingRefusesAWayThatIsNotThere) {
  for (const std::string_view path :
       {R"(["a"]["b"][3])", R"(["a"]["b"]["x"])", R"(["a"][0])", R"(["c"]["d"])", R"(["d"][1])", "[0]"})
    EXPECT_EQ(after_setting(path, "1"), "refused") << path;
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST(Path, HasNoMoreStepsThanADocumentIsDeep) {
  const std::string deepest = R"(["a"])" + repeated("[0]", k_max_depth - 1);
  EXPECT_EQ(must(parse_path(deepest)).size(), k_max_depth);
  EXPECT_EQ(failure_in(parse_path(deepest + "[0]")), Failure::bad_extract_path);
  EXPECT_EQ(failure_in(parse_path(repeated("[0]", 100000))), Failure::bad_extract_path);
}

TEST(Path, SettingMakesNoTreeThatReadersFindTooDeep) {
  const std::string list_of_list = "[[]]";
  for (const std::string_view key : {"d", "c"}) {
    const std::string start = "[\"" + std::string(key) + "\"]";
    const auto set = [&](std::size_t steps, Map& map) {
      return set_at(map, must(parse_path(start + repeated("[0]", steps - 1))),
                    must(parse_json_value(bytes_of(list_of_list))));
    };
    Map map = must(parse_json(bytes_of(R"({"c":[]})"), Reading::plain));
    EXPECT_EQ(failure_in(set(k_max_depth - 1, map)), Failure::bad_set_value);
    EXPECT_EQ(compact(map), R"({"c":[]})");
    EXPECT_TRUE(must(set(k_max_depth - 2, map)));
    EXPECT_TRUE(parse_json(bytes_of(compact(map)), Reading::plain));
    std::vector<Map> trees;
    trees.push_back(std::move(map));
    EXPECT_TRUE(parse_plain(must(emit_plain(trees, Format::yaml)).bytes(), Format::yaml));
  }
}

TEST(Path, ExtractingFindsWhatIsThere) {
  const Map map = must(parse_json(bytes_of(R"({"a":{"b":["x",{"c":"y"}]}})"), Reading::plain));
  const auto at = [&](std::string_view path) { return node_at(map, must(parse_path(path))); };
  EXPECT_EQ(string_of(must(emit_value(*must(at(R"(["a"]["b"][0])")), Format::json))), "x");
  EXPECT_EQ(string_of(must(emit_value(*must(at(R"(["a"]["b"][1])")), Format::json))), "{\n\t\"c\": \"y\"\n}");
  for (const std::string_view path :
       {R"(["b"])", R"(["a"]["b"][2])", R"(["a"]["b"]["c"])", R"(["a"][0])", "[0]", R"(["a"]["b"][0]["x"])"})
    EXPECT_EQ(failure_in(at(path)), Failure::bad_extract_path) << path;
}

TEST(Path, CommentsAreNoItems) {
  Map map;
  Sequence list;
  list.items.push_back({must(make_leaf(Leaf::Type::comment, "c"))});
  list.items.push_back({must(make_leaf(Leaf::Type::string, "x"))});
  map.entries.push_back({.key = "", .value = {must(make_leaf(Leaf::Type::comment, "c"))}});
  map.entries.push_back({.key = "l", .value = {std::move(list)}});
  EXPECT_EQ(string_of(must(emit_value(*must(node_at(map, {"l", std::size_t{0}})), Format::json))), "x");
  EXPECT_FALSE(node_at(map, {""}));
}

}  // namespace
}  // namespace vmcred::sops
