// SPDX-License-Identifier: Apache-2.0
#include "age/plugin_protocol.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;
using test_support::text_of;

std::string encoded(std::string_view type, std::vector<std::string_view> arguments, std::string_view body) {
  return text_of(encode_plugin_message(type, arguments, bytes_of(body))->bytes());
}

TEST(PluginProtocol, WritesAStanza) {
  EXPECT_EQ(encoded("done", {}, ""), "-> done\n\n");
  EXPECT_EQ(encoded("ok", {"yes"}, "f"), "-> ok yes\nZg\n");
  EXPECT_EQ(encoded("x", {"1", "2"}, std::string(48, '\0')), "-> x 1 2\n" + std::string(64, 'A') + "\n\n");
}

TEST(PluginProtocol, ReadsWhatItWroteAtEverySize) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string body(size, 'b');
    const auto text = encoded("type", {"argument"}, body);
    const auto more = text + "-> next";
    const auto decoded = decode_plugin_message(bytes_of(more));
    ASSERT_TRUE(decoded && *decoded) << size;
    EXPECT_EQ((*decoded)->size, text.size());
    EXPECT_EQ((*decoded)->message.type, "type");
    EXPECT_THAT((*decoded)->message.arguments, testing::ElementsAre("argument"));
    EXPECT_EQ(text_of((*decoded)->message.body.bytes()), body);
  }
}

TEST(PluginProtocol, WaitsForTheEndOfAMessage) {
  const auto text = encoded("type", {"argument"}, std::string(100, 'b'));
  for (std::size_t size = 0; size < text.size(); ++size) {
    const auto decoded = decode_plugin_message(bytes_of(std::string_view(text).substr(0, size)));
    ASSERT_TRUE(decoded) << size;
    EXPECT_FALSE(decoded->has_value()) << size;
  }
}

TEST(PluginProtocol, RefusesWhatIsNoMessage) {
  const std::string line(64, 'A');
  const std::string bad[] = {
      "x",
      "->x\n\n",
      "\n",
      "-> \n\n",
      "-> a  b\n\n",
      "-> a \n\n",
      "-> a\r\n\n",
      "-> a\nA\n",
      "-> a\nZh\n",    // spare bits
      "-> a\nZg==\n",  // padded
      "-> a\n Zg\n",   // white space
      "-> a\nZg\r\n",
      "-> a\n" + line + "A",
      "-> a\n" + line + "A\n",
      "-> a\n" + line + "\n-> b\n",
  };
  for (const auto& text : bad) EXPECT_FALSE(decode_plugin_message(bytes_of(text))) << text;
}

}  // namespace
}  // namespace vmcred::age
