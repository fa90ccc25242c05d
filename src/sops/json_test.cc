// SPDX-License-Identifier: Apache-2.0
#include "sops/json.h"

#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

std::string json_again(std::string_view json, unsigned indent = 0) {
  const Map map = must(parse_json(bytes_of(json), Reading::plain));
  return must(public_text([&](TextSink& sink) { return write_json(map, indent, sink); }));
}

TEST(Json, IsWrittenAsGoWritesIt) {
  EXPECT_EQ(
      json_again(R"({"b":1,"a":[true,null,{}],"c":{"d":[]}})"),
      "{\n\t\"b\": 1,\n\t\"a\": [\n\t\ttrue,\n\t\tnull,\n\t\t{}\n\t],\n\t\"c\": {\n\t\t\"d\": []\n\t}\n}");
  EXPECT_EQ(json_again(R"({"a":"<&>\u2028\u2029\u2027\"\\\b\f\n\r\t\u0001é"})", 2),
            "{\n  \"a\": "
            "\"\\u003c\\u0026\\u003e\\u2028\\u2029\xe2\x80\xa7\\\"\\\\\\b\\f\\n\\r\\t\\u0001\xc3\xa9\"\n}");
  EXPECT_EQ(json_again("{}"), "{}");
}

TEST(Json, WholeNumbersAreExactAndOthersCanonical) {
  EXPECT_EQ(json_again(R"({"a":9223372036854775807,"b":-9223372036854775808,"c":1.50,"d":1e3})", 1),
            "{\n \"a\": 9223372036854775807,\n \"b\": -9223372036854775808,\n \"c\": 1.5,\n \"d\": 1000\n}");
  EXPECT_EQ(json_again(R"({"a":-0.0})", 1), "{\n \"a\": -0.0\n}");
}

TEST(Json, WholeNumbersThatWouldLoseDigitsAreRefusedBeforeTheyAreEncrypted) {
  for (const std::string_view number :
       {"9223372036854775808", "-9223372036854775809", "123456789012345678901234567890"}) {
    const std::string json = "{\"a\":" + std::string(number) + "}";
    EXPECT_EQ(failure_in(parse_json(bytes_of(json), Reading::plain)), Failure::unreadable) << number;
    EXPECT_TRUE(parse_json(bytes_of(json), Reading::encrypted)) << number;
  }
  EXPECT_EQ(json_again(R"({"a":1e20})", 1), "{\n \"a\": 100000000000000000000\n}");
  EXPECT_EQ(json_again(json_again(R"({"a":1e20})", 1), 1), "{\n \"a\": 100000000000000000000\n}");
}

TEST(Json, StringsKeepEveryCharacter) {
  std::string json = "{\"a\": \"";
  for (int c = 0x20; c < 0x80; ++c) {
    if (c == '"' || c == '\\') json += '\\';
    json += static_cast<char>(c);
  }
  json += "\\u0000\"}";
  const Map map = must(parse_json(bytes_of(json), Reading::plain));
  const Map same = must(parse_json(bytes_of(json_again(json)), Reading::plain));
  EXPECT_TRUE(equal_plaintext(map, same));
  EXPECT_EQ(std::get<Leaf>(map.entries.front().value.value).plaintext.size(), 97U);
}

TEST(Json, RefusesWhatIsNotOneStrictObject) {
  for (const std::string_view bad :
       {"", "[]", "1", "{\"a\":1} x", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "{\"a\":01}", "{'a':1}",
        "{\"a\":1e999}", "{\"a\":NaN}", "{\"a\":\"\xff\"}", "{\"a\":\"\xed\xa0\x80\"}", "{\"a\":\"\n\"}",
        "{\"a\":1}{}", "// c\n{}", "{\"x\":{\"b\":1,\"c\":2,\"b\":3}}"})
    EXPECT_EQ(failure_in(parse_json(bytes_of(bad), Reading::plain)), Failure::unreadable) << bad;
}

TEST(Json, ErrorsTellTheLineAndNoValue) {
  const auto result = parse_json(bytes_of("{\n\"a\": \"hunter2\",\n\"b\": hunter2}"), Reading::plain);
  ASSERT_FALSE(result);
  EXPECT_NE(result.error().what.find("line 3"), std::string::npos) << result.error().what;
  EXPECT_EQ(result.error().what.find("hunter"), std::string::npos) << result.error().what;
}

TEST(Json, DepthHasALimit) {
  const auto nested = [](std::size_t depth) {
    return "{\"a\":" + std::string(depth - 1, '[') + std::string(depth - 1, ']') + "}";
  };
  EXPECT_TRUE(parse_json(bytes_of(nested(k_max_depth)), Reading::plain));
  EXPECT_FALSE(parse_json(bytes_of(nested(k_max_depth + 1)), Reading::plain));
}

TEST(Json, CantHoldBytesThatAreNoText) {
  std::vector<Map> trees(1);
  trees.front().entries.push_back({.key = "a", .value = {must(make_leaf(Leaf::Type::string, "\xff"))}});
  EXPECT_EQ(failure_in(emit_plain(trees, Format::json)), Failure::emitting);
}

TEST(Json, EncryptedTextsAreLeavesOfTheirOwnOnlyInEncryptedFiles) {
  constexpr std::string_view k_text = R"({"a": "ENC[x]"})";
  const Map encrypted = must(parse_json(bytes_of(k_text), Reading::encrypted));
  EXPECT_TRUE(std::get<Leaf>(encrypted.entries.front().value.value).is_encrypted);
  const Map plain = must(parse_json(bytes_of(k_text), Reading::plain));
  EXPECT_FALSE(std::get<Leaf>(plain.entries.front().value.value).is_encrypted);
}

}  // namespace
}  // namespace vmcred::sops
