// SPDX-License-Identifier: Apache-2.0
#include "systemd/unit_text.h"

#include <gtest/gtest.h>

namespace vmcred::systemd {
namespace {

TEST(UnitWords, StayWhatTheyAre) {
  EXPECT_EQ(list_word("/boot/vmlinuz-6.1"), "/boot/vmlinuz-6.1");
  EXPECT_EQ(list_word("/a b"), "\"/a b\"");
  EXPECT_EQ(list_word("/100%h"), "/100%%h");
  EXPECT_EQ(list_word("/a\"b\\c'd"), R"("/a\"b\\c'd")");
  EXPECT_EQ(list_word("/$HOME"), "\"/$HOME\"");
  EXPECT_EQ(list_word("/a\nExecStart=x"), R"("/a\x0aExecStart=x")");
  EXPECT_EQ(list_word(""), "\"\"");
  EXPECT_EQ(list_word("/ü"), "\"/ü\"");
  EXPECT_EQ(command_word("/$HOME/%i;x"), R"("/$$HOME/%%i;x")");
  EXPECT_EQ(command_word("--config"), "--config");
  EXPECT_EQ(command_word(";"), "\";\"");
}

TEST(UnitLineValue, IsTheLineOrAnError) {
  EXPECT_EQ(*line_value("/a b\"c:%d\\e"), "/a b\"c:%%d\\e");
  for (const auto* text : {"", "/a ", " /a", "/a\\", "/a\nb", "/a\x7f"}) {
    const auto value = line_value(text);
    ASSERT_FALSE(value) << text;
    EXPECT_EQ(value.error().kind, base::ErrorKind::config);
  }
}

TEST(UnitSentence, IsOneLine) {
  EXPECT_EQ(sentence("100% 'x'\nUser=root"), "100%% 'x'\\x0aUser=root");
  EXPECT_EQ(sentence("a\tb\\"), "a b\\ ");
}

TEST(UnitText, HasSectionsAndLines) {
  UnitText text;
  text.comment("why");
  text.section("Unit");
  text.set("Wants", "a", ".service");
  text.section("Service");
  text.add("Type=exec\n");
  EXPECT_EQ(std::move(text).take(), "# why\n\n[Unit]\nWants=a.service\n\n[Service]\nType=exec\n");
}

}  // namespace
}  // namespace vmcred::systemd
