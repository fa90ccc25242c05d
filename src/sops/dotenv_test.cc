// SPDX-License-Identifier: Apache-2.0
#include "sops/dotenv.h"

#include "sops/flat_metadata.h"
#include "sops/json.h"
#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

std::string dotenv_again(std::string_view text) {
  const Map map = must(parse_dotenv(bytes_of(text), Reading::plain));
  return must(public_text([&](TextSink& sink) { return write_dotenv(map, sink); }));
}

std::string value_in(std::string_view text) {
  const Map map = must(parse_dotenv(bytes_of(text), Reading::plain));
  return string_of(std::get<Leaf>(map.entries.front().value.value).plaintext);
}

TEST(Dotenv, NothingIsTrimmedOrUnquoted) {
  EXPECT_EQ(value_in("A= \"x\" # y\r\n"), " \"x\" # y\r");
  EXPECT_EQ(value_in("A=b=c"), "b=c");
  EXPECT_EQ(value_in("A=\n"), "");
  EXPECT_EQ(dotenv_again("#c\n export A =1\n\n\nB=2"), "#c\n export A =1\nB=2\n");
}

TEST(Dotenv, NewlinesAreWrittenAsBackslashN) {
  EXPECT_EQ(value_in("A=x\\ny\\\\n"), "x\ny\\\n");
  EXPECT_EQ(dotenv_again("A=x\\ny\\t\\n"), "A=x\\ny\\t\\n\n");
}

TEST(Dotenv, HoldsEveryByteButNewlineBackslashes) {
  std::string value;
  for (int c = 0; c < 256; ++c)
    if (c != '\n') value += static_cast<char>(c);
  EXPECT_EQ(value_in("A=" + value), value);
  EXPECT_EQ(dotenv_again("A=" + value), "A=" + value + "\n");
}

TEST(Dotenv, RefusesLinesWithoutAValueAndKeysThatComeTwice) {
  const auto result = parse_dotenv(bytes_of("A=1\nhunter2\n"), Reading::plain);
  EXPECT_EQ(failure_in(result), Failure::unreadable);
  EXPECT_EQ(result.error().what, "line 2 is neither KEY=VALUE nor a comment");
  EXPECT_EQ(failure_in(parse_dotenv(bytes_of("A=1\nB=2\nA=3\n"), Reading::plain)), Failure::unreadable);
}

TEST(Dotenv, CantHoldPartsOrKeysThatWouldBeReadAsOthers) {
  const auto emitted = [](std::string_view json) {
    std::vector<Map> trees;
    trees.push_back(must(parse_json(bytes_of(json), Reading::plain)));
    return emit_plain(trees, Format::dotenv);
  };
  EXPECT_EQ(string_of(must(emitted(R"({"a": 1.5, "b": true, "c": "x\ny"})"))), "a=1.5\nb=true\nc=x\\ny\n");
  for (const std::string_view bad :
       {R"({"a": []})", R"({"a": {}})", R"({"a=b": 1})", R"({"#a": 1})", R"({"a\nb": 1})"})
    EXPECT_EQ(failure_in(emitted(bad)), Failure::emitting) << bad;
}

TEST(FlatMetadata, ComesBackAsTheTreeInAnyOrderOfLines) {
  Map map =
      must(parse_dotenv(bytes_of("sops_age__list_1__map_enc=d\nA=1\nsops_mac=m\nsops_age__list_0__map_enc=b\n"
                                 "sops_age__list_0__map_recipient=a\n"),
                        Reading::plain));
  const Map fields = must(take_flat_metadata(map));
  EXPECT_EQ(map.entries.size(), 1U);
  const Map expected = must(
      parse_json(bytes_of(R"({"age":[{"enc":"b","recipient":"a"},{"enc":"d"}],"mac":"m"})"), Reading::plain));
  EXPECT_TRUE(equal_plaintext(fields, expected));
}

TEST(FlatMetadata, IsTheInverseOfFlattening) {
  constexpr std::string_view k_file =
      R"({"key_groups":[{"age":[{"enc":"x"}]},{"age":[{"enc":"y"},{"enc":"z"}]}],"v":1})";
  Map map;
  append_flat_metadata(map, must(parse_json(bytes_of(k_file), Reading::plain)));
  EXPECT_EQ(map.entries[2].key, "sops_key_groups__list_1__map_age__list_1__map_enc");
  EXPECT_TRUE(
      equal_plaintext(must(take_flat_metadata(map)), must(parse_json(bytes_of(k_file), Reading::plain))));
}

TEST(FlatMetadata, RefusesTreesThatAreNone) {
  for (const std::string_view bad :
       {"sops_a__list_1=x\n", "sops_a=x\nsops_a__list_0=y\n", "sops_a__list_x=y\n", "sops_a__list_=y\n",
        "sops_a__list_0=x\nsops_a__map_b=y\n", "sops_a__list_00=x\nsops_a__list_0=y\n"}) {
    Map map = must(parse_dotenv(bytes_of(bad), Reading::plain));
    EXPECT_EQ(failure_in(take_flat_metadata(map)), Failure::generic) << bad;
  }
}

}  // namespace
}  // namespace vmcred::sops
