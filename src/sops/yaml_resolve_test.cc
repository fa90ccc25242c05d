// SPDX-License-Identifier: Apache-2.0
#include "sops/yaml_resolve.h"

#include <gtest/gtest.h>

#include <string>

#include "sops/yaml_timestamp.h"

namespace vmcred::sops {
namespace {

struct Case {
  const char* text;
  YamlMeaning meaning;
  const char* canonical;
};

TEST(YamlResolve, TakesPlainScalarsForWhatGoTakesThemFor) {
  using enum YamlMeaning;
  for (const auto& [text, meaning, canonical] : {
           Case{"", null, ""},
           Case{"~", null, ""},
           Case{"NULL", null, ""},
           Case{"nULL", string, "nULL"},
           Case{"true", boolean, "True"},
           Case{"FALSE", boolean, "False"},
           Case{"yes", string, "yes"},
           Case{"on", string, "on"},
           Case{"y", string, "y"},
           Case{"0", integer, "0"},
           Case{"-12", integer, "-12"},
           Case{"+12", integer, "12"},
           Case{"0x1F", integer, "31"},
           Case{"-0x1f", integer, "-31"},
           Case{"0b101", integer, "5"},
           Case{"0o17", integer, "15"},
           Case{"017", integer, "15"},
           Case{"08", floating, "8"},
           Case{"1_000", integer, "1000"},
           Case{"_1", string, "_1"},
           Case{"0x", string, "0x"},
           Case{"9223372036854775807", integer, "9223372036854775807"},
           Case{"-9223372036854775808", integer, "-9223372036854775808"},
           Case{"9223372036854775808", too_large, "9223372036854775808"},
           Case{"18446744073709551616", floating, "18446744073709552000"},
           Case{"1.5", floating, "1.5"},
           Case{"1.", floating, "1"},
           Case{".5", floating, "0.5"},
           Case{"+.5", floating, "0.5"},
           Case{"1e3", floating, "1000"},
           Case{"1E-3", floating, "0.001"},
           Case{"1e400", string, "1e400"},
           Case{"1e-400", floating, "0"},
           Case{".", string, "."},
           Case{"1.2.3", string, "1.2.3"},
           Case{"0x1p4", string, "0x1p4"},
           Case{"1e", string, "1e"},
           Case{".inf", floating, "+Inf"},
           Case{"-.INF", floating, "-Inf"},
           Case{".NaN", floating, "NaN"},
           Case{"<<", merge, "<<"},
           Case{"1:30", string, "1:30"},
           Case{"2001-12-14", timestamp, "2001-12-14T00:00:00Z"},
           Case{"2001-13-14", string, "2001-13-14"},
           Case{"-", string, "-"},
       }) {
    EXPECT_EQ(meaning_of(text), meaning) << text;
    const auto leaf = leaf_of(meaning, text);
    ASSERT_TRUE(leaf.has_value());
    EXPECT_EQ(text_of(leaf->plaintext.bytes()), canonical) << text;
  }
}

struct Time {
  const char* text;
  const char* normal;  // nullptr: no time
};

TEST(YamlTimestamp, IsWrittenAsRfc3339) {
  for (const auto& [text, normal] : {
           Time{"2001-12-14T21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"},
           Time{"2001-2-3t4:5:6Z", "2001-02-03T04:05:06Z"},
           Time{"2001-12-14 21:59:43", "2001-12-14T21:59:43Z"},
           Time{"2001-12-14 21:59:43.123456789123", "2001-12-14T21:59:43.123456789Z"},
           Time{"2001-12-14 21:59:43.000", "2001-12-14T21:59:43Z"},
           Time{"2000-02-29", "2000-02-29T00:00:00Z"},
           Time{"2001-12-14T21:59:43+00:00", "2001-12-14T21:59:43Z"},
           Time{"1900-02-29", nullptr},
           Time{"2001-00-01", nullptr},
           Time{"2001-01-32", nullptr},
           Time{"2001-12-14T24:00:00Z", nullptr},
           Time{"2001-12-14T21:59:43", nullptr},
           Time{"2001-12-14 21:59:43Z", nullptr},
           Time{"2001-12", nullptr},
           Time{"2001-12-14x", nullptr},
           Time{"20010-12-14", nullptr},
           Time{"", nullptr},
       }) {
    const auto time = normal_timestamp(text);
    EXPECT_EQ(time ? std::string(time->view()) : "none", normal == nullptr ? "none" : normal) << text;
  }
}

}  // namespace
}  // namespace vmcred::sops
