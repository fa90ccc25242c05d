// SPDX-License-Identifier: Apache-2.0
#include "config/canonical_json.h"

#include <gtest/gtest.h>

namespace vmcred::config {
namespace {

// The value of "x" in a TOML text, as canonical JSON; "(none)" where it has none.
std::string json_of(std::string_view toml) {
  const auto root = parse_document("x.toml", toml);
  EXPECT_TRUE(root) << root.error().what;
  return canonical_json(std::get<Node::Table>(root->value).at(0).value).value_or("(none)");
}

TEST(CanonicalJson, IsCompactAndSorted) {
  EXPECT_EQ(json_of("x = { b = 1, a = -2, ab = true }"), R"({"a":-2,"ab":true,"b":1})");
  EXPECT_EQ(json_of("x = { B = {}, a = [] }"), R"({"B":{},"a":[]})") << "by bytes";
  EXPECT_EQ(json_of("x = [1, 'b', { c = false }]"), R"([1,"b",{"c":false}])");
  EXPECT_EQ(json_of("x = 9223372036854775807"), "9223372036854775807");
}

TEST(CanonicalJson, EscapesOnlyWhatItMust) {
  EXPECT_EQ(json_of(R"(x = "\"\\/\n\r\t\b\f\u0001\u001f\u007fé€")"),
            "\"\\\"\\\\/\\n\\r\\t\\b\\f\\u0001\\u001f\x7fé€\"");
}

TEST(CanonicalJson, KnowsNoFormForSomeValues) {
  for (const char* toml :
       {"x = 1.5", "x = 2020-01-01", "x = [[1]]", "x.a.b.c = 1", "x = { a = [{ b.c = 1 }] }"})
    EXPECT_EQ(json_of(toml), "(none)") << toml;
  EXPECT_EQ(json_of("x = { a = { b = [1] } }"), R"({"a":{"b":[1]}})");
}

}  // namespace
}  // namespace vmcred::config
