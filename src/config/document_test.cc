// SPDX-License-Identifier: Apache-2.0
#include "config/document.h"

#include <gtest/gtest.h>

#include "base/text.h"
#include "base/utf8.h"
#include "config/toml_depth.h"

namespace vmcred::config {
namespace {

std::string where(Location location) { return base::concat(location.line, ":", location.column); }

// One line for each key and value, with the place of the key and of the value: "a.b @1:2 1:6 a string".
void list(const Node& node, const std::string& prefix, std::string& text) {
  if (const auto* table = std::get_if<Node::Table>(&node.value)) {
    for (const Member& member : *table) {
      const std::string key = prefix + member.key;
      text += base::concat(key, " @", where(member.key_location), " ", where(member.value.location), " ",
                           noun(member.value), "\n");
      list(member.value, key + ".", text);
    }
  }
  if (const auto* array = std::get_if<Node::Array>(&node.value)) {
    for (const Node& element : *array) {
      text += base::concat(prefix, " ", where(element.location), " ", noun(element), "\n");
      list(element, prefix, text);
    }
  }
}

std::string listing(std::string_view path, std::string_view text) {
  const auto node = parse_document(path, text);
  if (!node) return node.error().what;
  std::string result;
  list(*node, "", result);
  return result;
}

std::string nested(std::size_t depth, std::string_view open, std::string_view close) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += open;
  for (std::size_t i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(TomlDocument, KnowsWhereEverythingStands) {
  EXPECT_EQ(listing("x.toml",
                    "z = 1\n"
                    "a = 'ü'\n"
                    "[t.u]\n"
                    "  list = [true, 1.5,\n"
                    "    2026-01-01]\n"
                    "  'ü ü' . k = { v = \"\"\"\\\n"
                    "  ü\"\"\" }\n"),
            "z @1:1 1:5 a whole number\n"
            "a @2:1 2:5 a string\n"
            "t @3:2 3:1 a table\n"
            "t.u @3:4 3:1 a table\n"
            "t.u.list @4:3 4:10 an array\n"
            "t.u.list. 4:11 a boolean\n"
            "t.u.list. 4:17 a fraction\n"
            "t.u.list. 5:5 a date or time\n"
            "t.u.ü ü @6:3 6:3 a table\n"
            "t.u.ü ü.k @6:11 6:15 a table\n"
            "t.u.ü ü.k.v @6:17 6:21 a string\n");
}

TEST(JsonDocument, KnowsWhereEverythingStands) {
  EXPECT_EQ(listing("x.json",
                    "\xef\xbb\xbf{ \"z\":1,\n"
                    "\"ü\" : \"ü\\\"ü\", \"t\": {\"u\": [true,\n"
                    "\t-1.5\n"
                    ", null, 7], \"e\": [], \"f\": {}},\n"
                    "\"big\": 18446744073709551615, \"last\": false}\n"),
            "z @1:3 1:7 a whole number\n"
            "ü @2:1 2:7 a string\n"
            "t @2:15 2:20 a table\n"
            "t.u @2:21 2:26 an array\n"
            "t.u. 2:27 a boolean\n"
            "t.u. 3:2 a fraction\n"
            "t.u. 4:3 null\n"
            "t.u. 4:9 a whole number\n"
            "t.e @4:13 4:18 an array\n"
            "t.f @4:22 4:27 a table\n"
            "big @5:1 5:8 a whole number\n"
            "last @5:30 5:38 a boolean\n");
}

struct Fault {
  std::string text;
  std::string error;
};

TEST(TomlDocument, PointsAtSyntaxErrorsWithoutQuotingTheFile) {
  const Fault rows[] = {
      {"a = thunder", "x.toml:1:6: syntax error in boolean: expected 'true'"},
      {"a = 99999999999999999999",
       "x.toml:1:25: syntax error in decimal integer: is not representable in 64 bits"},
      {"a = \"x\\qy\"", "x.toml:1:8: syntax error in string: unknown escape sequence"},
      {"a = 'x'\na = 'y'", "x.toml:2:5: syntax error in key-value pair: cannot redefine existing string"},
      {"[a]\n[a]", "x.toml:2:1: syntax error in table header: cannot redefine existing table"},
      {"a = { b = 1 ", "x.toml:1:13: syntax error in inline table: encountered end-of-file"},
      {"a.b = 1\n\"a\".c = \"x", "x.toml:2:11: syntax error in string: encountered end-of-file"},
      {"a = hunter2", "x.toml:1:5: syntax error in value: could not determine value type"},
      {"a", "x.toml:1:2: syntax error in key-value pair: encountered end-of-file"},
      {"ü = 1", "x.toml:1:1: syntax error in root table: expected keys, tables, whitespace or comments"},
      {"[=", "x.toml:1:2: syntax error in key: expected bare key starting character or string delimiter"},
      {"a = 'x\xff'", "x.toml:1:7: not valid UTF-8"},
  };
  for (const Fault& row : rows) EXPECT_EQ(listing("x.toml", row.text), row.error) << row.text;
}

TEST(JsonDocument, PointsAtSyntaxErrorsWithoutQuotingTheFile) {
  const Fault rows[] = {
      {"",
       "x.json:1:1: syntax error while parsing value - unexpected end of input; expected '[', '{', or a "
       "literal"},
      {"{\"a\": hunter2}", "x.json:1:7: syntax error while parsing value - invalid literal"},
      {"{\"a\": 1 \"hunter2\": 2}",
       "x.json:1:9: syntax error while parsing object - unexpected string literal; expected '}'"},
      {"{\"a\" 1}",
       "x.json:1:6: syntax error while parsing object separator - unexpected number literal; expected ':'"},
      {"{\"a\": 1,}",
       "x.json:1:9: syntax error while parsing object key - unexpected '}'; expected string literal"},
      {"{\n// no\n}", "x.json:2:1: syntax error while parsing object key - invalid literal"},
      {"{\"a\": \"hun\nter2\"}",
       "x.json:1:11: syntax error while parsing value - invalid string: control character U+000A (LF) must "
       "be "
       "escaped to \\u000A or \\n"},
      {"{\"a\": \"\\ud800\"}",
       "x.json:1:14: syntax error while parsing value - invalid string: surrogate U+D800..U+DBFF must be "
       "followed "
       "by U+DC00..U+DFFF"},
      {"{\"a\": 1e999}", "x.json:1:7: number out of range"},
      {"{} {}", "x.json:1:4: syntax error while parsing value - unexpected '{'; expected end of input"},
      {"{\"a\": 1:", "x.json:1:8: syntax error while parsing object - unexpected ':'; expected '}'"},
      {"{\"a\": \n ",
       "x.json:2:2: syntax error while parsing value - unexpected end of input; expected '[', '{', or a "
       "literal"},
      {"{\"a\": 1\n",
       "x.json:2:1: syntax error while parsing object - unexpected end of input; expected '}'"},
      {"{\"a\": 1,\n \"b\": {},\n \"a\": 2}", "x.json:3:2: key 'a' is given twice"},
      {"{\"b\": [{\"a\\n\": 1, \"a\\n\": 2}]}", "x.json:1:19: key 'a\\x0a' is given twice"},
      {" [1]", "x.json:1:2: a config is a table, not an array"},
      {"{\"a\": \"\xc0\x80\"}", "x.json:1:8: not valid UTF-8"},
  };
  for (const Fault& row : rows) EXPECT_EQ(listing("x.json", row.text), row.error) << row.text;
}

TEST(Document, EndsHostileNesting) {
  const std::size_t deep = 100'000;
  EXPECT_EQ(listing("x.json", nested(deep, "[", "]")), "x.json:1:33: nested too deeply");
  EXPECT_EQ(listing("x.json", nested(deep, "{\"a\":", "}")), "x.json:1:161: nested too deeply");
  EXPECT_EQ(listing("x.toml", "a=" + nested(deep, "[", "]")),
            "x.toml:1:35: syntax error in value: exceeded maximum nested value depth of 32");
  EXPECT_EQ(listing("x.toml", nested(deep, "a.", "")), "x.toml:1:64: this key has too many parts");
  EXPECT_EQ(listing("x.toml", "[" + nested(deep, "'a' . ", "") + "a]"),
            "x.toml:1:192: this key has too many parts");
}

TEST(Document, TakesTheDeepestNestingAllowed) {
  std::string key = "a";
  for (std::size_t i = 1; i < k_max_depth; ++i) key += ".a";
  EXPECT_TRUE(
      parse_document("x.toml", key + " = 1\n[" + key + ".b]\n").error().what.ends_with("too many parts"));
  EXPECT_TRUE(parse_document("x.toml", key + " = 1\n"));
  EXPECT_TRUE(parse_document("x.json", "{\"a\":" + nested(k_max_depth - 1, "[", "]") + "}"));
  EXPECT_TRUE(parse_document("x.toml", "a=" + nested(k_max_depth, "[", "]")));
}

TEST(Document, RefusesMoreThanAMebibyte) {
  std::string text(k_max_document_bytes, '\n');
  EXPECT_TRUE(parse_document("x.toml", text));
  text += '\n';
  EXPECT_EQ(listing("x.toml", text), "x.toml: larger than 1,048,576 bytes");
}

TEST(TomlDepth, CountsPartsOfKeysOnly) {
  const char* const shallow[] = {
      "a.b.c = 1.5\nd = 2.5",
      "a = [1.5, 2.5, 3.5, 4.5]",
      "a = '. . . . . .'",
      "a = \". \\\" . . . .\"",
      "# . . . . . .\na.b.c = 1",
      "a = '''\n. . . .'''",
      "a = \"\"\". . \"\" . . \"\"\"",
      "a = \"\"\" \\\"\"\" . . . \"\"\"",
      "[a.b.c]\nd.e.f = 1\n",
      "a = '' # . . . . .",
      "a = '''.''''' # . . . . .",
  };
  for (const char* text : shallow) EXPECT_FALSE(find_too_deep_key(text, 3)) << text;
  const std::pair<const char*, std::size_t> deep[] = {
      {"a.b.c.d", 5},
      {"[a.b . c.d]", 8},
      {"x = 'y'\n'a'.\"b\".c.d", 17},
      {"a = {a.b.c.d = 1}", 10},
      {"a = '''' '''\na.b.c.d", 18},
  };
  for (const auto& [text, offset] : deep) EXPECT_EQ(find_too_deep_key(text, 3), offset) << text;
}

TEST(Utf8, FindsTheFirstBadByte) {
  const std::string_view good[] = {"",
                                   "a",
                                   "\x7f",
                                   "\xc2\x80",
                                   "\xdf\xbf",
                                   "\xe0\xa0\x80",
                                   "\xed\x9f\xbf",
                                   "\xee\x80\x80",
                                   "\xef\xbf\xbf",
                                   "\xf0\x90\x80\x80",
                                   "\xf4\x8f\xbf\xbf",
                                   std::string_view("\0", 1)};
  for (const auto text : good) EXPECT_EQ(base::valid_utf8_length(text), text.size());
  const std::string_view bad[] = {"\x80",
                                  "\xbf",
                                  "\xc0\x80",
                                  "\xc1\xbf",
                                  "\xc2",
                                  "\xc2\x41",
                                  "\xe0\x9f\xbf",
                                  "\xed\xa0\x80",
                                  "\xe1\x80",
                                  "\xe1\x80\x41",
                                  "\xf0\x8f\xbf\xbf",
                                  "\xf4\x90\x80\x80",
                                  "\xf5\x80\x80\x80",
                                  "\xff"};
  for (const auto text : bad) EXPECT_EQ(base::valid_utf8_length(std::string("ab").append(text)), 2U);
}

}  // namespace
}  // namespace vmcred::config
