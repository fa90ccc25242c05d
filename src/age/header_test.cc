// SPDX-License-Identifier: Apache-2.0
#include "age/header.h"

#include <gtest/gtest.h>

#include "age/base64.h"
#include "age/failure.h"
#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;

constexpr std::string_view k_file_key = "YELLOW SUBMARINE";
const std::string k_code(43, 'A');

base::Result<Header> read(std::string_view text) {
  MemorySource memory(bytes_of(text));
  BufferedSource source(memory);
  return read_header(source);
}

std::string with_stanza(std::string_view stanza) {
  return std::string("age-encryption.org/v1\n") + std::string(stanza) + "--- " + k_code + "\n";
}

TEST(HeaderTest, IsReadAsItWasWritten) {
  std::vector<Stanza> stanzas;
  for (std::size_t size = 0; size < 200; ++size)
    stanzas.push_back({.type = "type", .arguments = {"!", "~~"}, .body = std::vector(size, std::byte{0x5a})});
  stanzas.push_back({.type = "lonely", .arguments = {}, .body = {}});
  const auto text = write_header(stanzas, bytes_of(k_file_key));
  ASSERT_TRUE(text);
  const std::string file = *text + "the payload";
  MemorySource memory(bytes_of(file));
  BufferedSource source(memory);
  const auto header = read_header(source);
  ASSERT_TRUE(header) << header.error().what;
  EXPECT_EQ(header->stanzas, stanzas);
  EXPECT_TRUE(is_authentic(*header, bytes_of(k_file_key)).value());
  EXPECT_FALSE(is_authentic(*header, bytes_of("yellow submarine")).value());
  EXPECT_EQ(source.peek(100).value(), "the payload");
}

TEST(HeaderTest, TakesTheGrammarOnly) {
  EXPECT_TRUE(read(with_stanza("-> a\n\n")));
  const std::string full_line(64, 'A');
  EXPECT_TRUE(read(with_stanza("-> a\n" + full_line + "\n\n")));
  for (const std::string& stanza :
       {std::string("-> a\n"), std::string("->\n\n"), std::string("-> \n\n"), std::string("-> a \n\n"),
        std::string("->  a\n\n"), std::string("-> a  b\n\n"), std::string("-> a\tb\n\n"),
        std::string("-> \xc3\xa9\n\n"), std::string("-> a\r\n\n"), std::string("-> a\n\r\n"),
        std::string("-> a\nAA==\n"), std::string("-> a\nAB\n"), "-> a\n" + full_line + "\n",
        "-> a\n" + full_line + "A\n\n", std::string("-> a\nAA\n\n"), std::string("x\n"),
        std::string("--- a\n"), std::string(), std::string("\n")}) {
    const auto header = read(with_stanza(stanza));
    ASSERT_FALSE(header) << stanza;
    EXPECT_EQ(failure_of(header.error()), Failure::header) << stanza;
  }
}

TEST(HeaderTest, EndsWithACodeOf32Bytes) {
  const std::string start = "age-encryption.org/v1\n-> a\n\n";
  EXPECT_TRUE(read(start + "--- " + k_code + "\n"));
  for (const std::string& end :
       {"--- " + k_code, "---" + k_code + "\n", "--- " + k_code + " \n", "---  " + k_code + "\n",
        "--- " + k_code + "=\n", "--- " + k_code + "\r\n", std::string("--- \n"), std::string("---\n"),
        "---- " + k_code + "\n", std::string()})
    EXPECT_FALSE(read(start + end)) << end;
}

TEST(HeaderTest, IsOfThisVersion) {
  const std::string rest = "-> a\n\n--- " + k_code + "\n";
  for (const std::string_view line : {"age-encryption.org/v2\n", "age-encryption.org/v1 \n",
                                      "age-encryption.org/v1\r\n", "Age-encryption.org/v1\n", "\n", ""})
    EXPECT_FALSE(read(std::string(line) + rest)) << line;
}

TEST(HeaderTest, HasLimits) {
  std::string stanzas;
  for (std::size_t i = 0; i < k_max_stanzas; ++i) stanzas += "-> a\n\n";
  EXPECT_TRUE(read(with_stanza(stanzas)));
  EXPECT_FALSE(read(with_stanza(stanzas + "-> a\n\n")));
  EXPECT_FALSE(read(with_stanza("-> " + std::string(k_max_header_bytes, 'a') + "\n\n")));
  EXPECT_FALSE(read("age-encryption.org/v1\n-> " + std::string(2 * k_max_header_bytes, 'a')));
}

}  // namespace
}  // namespace vmcred::age
