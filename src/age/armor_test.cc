// SPDX-License-Identifier: Apache-2.0
#include "age/armor.h"

#include <gtest/gtest.h>

#include "age/failure.h"
#include "base/text.h"
#include "support/bytes.h"

namespace vmcred::age {
namespace {

using base::concat;
using test_support::bytes_of;
using test_support::text_of;

// Written in pieces of `piece` bytes.
std::string armored(std::string_view bytes, std::size_t piece) {
  std::vector<std::byte> text;
  MemorySink sink(text);
  ArmorWriter writer(sink);
  for (std::size_t i = 0; i < bytes.size(); i += piece)
    EXPECT_TRUE(writer.write(bytes_of(bytes.substr(i, piece))));
  EXPECT_TRUE(writer.finish());
  return text_of(text);
}

// Read in pieces of `piece` bytes.
base::Result<std::string> unarmored(std::string_view text, std::size_t piece) {
  MemorySource memory(bytes_of(text));
  ArmorReader reader(memory);
  std::string bytes;
  for (std::string part(piece, '\0');; bytes += part) {
    VMCRED_TRY_ASSIGN(const std::size_t size, reader.read(std::as_writable_bytes(std::span(part))));
    if (size < piece) return bytes + part.substr(0, size);
  }
}

TEST(ArmorTest, GivesTheSameHoweverItIsCut) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) bytes += test_support::all_bytes();
  for (const std::size_t size : {0UL, 1UL, 2UL, 3UL, 47UL, 48UL, 49UL, 95UL, 96UL, 97UL, 5000UL}) {
    const std::string part = bytes.substr(0, size);
    const std::string text = armored(part, 7000);
    for (const std::size_t piece : {1UL, 5UL, 47UL, 48UL, 49UL, 100UL, 6000UL}) {
      EXPECT_EQ(armored(part, piece), text);
      EXPECT_EQ(unarmored(text, piece).value(), part);
    }
  }
}

TEST(ArmorTest, HasNoEmptyLine) {
  EXPECT_EQ(armored(std::string(48, '\0'), 48),
            concat(k_armor_begin, "\n", std::string(64, 'A'), "\n", k_armor_end, "\n"));
  EXPECT_EQ(armored("", 1), concat(k_armor_begin, "\n", k_armor_end, "\n"));
}

TEST(ArmorTest, TakesOtherLineEndsAndWhiteSpaceAround) {
  const std::string line = "\n \t\r\n";
  EXPECT_EQ(unarmored(concat(line, k_armor_begin, "\r\nQUJD\r\n", k_armor_end, "\r\n", line), 9).value(),
            "ABC");
  EXPECT_EQ(unarmored(concat(k_armor_begin, "\nQUI=\n", k_armor_end), 9).value(), "AB");
}

TEST(ArmorTest, RefusesEveryOtherSpelling) {
  const std::string full(64, 'A');
  const std::string margin(k_max_armor_margin + 1, '\n');
  const std::string begin = concat(k_armor_begin, "\n");
  const std::string end = concat(k_armor_end, "\n");
  for (const std::string& text : {concat(begin, "QUI\n", end),
                                  concat(begin, "QUJ=\n", end),
                                  concat(begin, "QUI==\n", end),
                                  concat(begin, "QUJD\nQUJD\n", end),
                                  concat(begin, "\nQUJD\n", end),
                                  concat(begin, "QUJD\n\n", end),
                                  concat(begin, full, "QUJD\n", end),
                                  concat(begin, full.substr(4), "\nQUJD\n", end),
                                  concat(begin, "QUJD \n", end),
                                  concat(begin, " QUJD\n", end),
                                  concat(begin, "QU\rJD\n", end),
                                  concat(begin, "QUJD\r\r\n", end),
                                  concat(begin, "Comment: x\n\nQUJD\n", end),
                                  concat(begin, "QUJD\n=abcd\n", end),
                                  concat(begin, "QUJD\n"),
                                  concat(begin, "QUJD\n", end, "x"),
                                  concat("x\n", begin, "QUJD\n", end),
                                  concat(" ", begin, "QUJD\n", end),
                                  concat(margin, begin, "QUJD\n", end),
                                  concat(begin, "QUJD\n", end, margin),
                                  concat(begin, full, "\n", full),
                                  std::string("-----BEGIN AGE FILE-----\nQUJD\n-----END AGE FILE-----\n"),
                                  begin,
                                  std::string()}) {
    const auto bytes = unarmored(text, 100);
    ASSERT_FALSE(bytes) << text;
    EXPECT_EQ(failure_of(bytes.error()), Failure::armor) << text;
  }
}

TEST(ArmorTest, IsToldFromABinaryFile) {
  EXPECT_TRUE(looks_armored("-----BEGIN AGE ENCRYPTED FILE-----\n"));
  EXPECT_TRUE(looks_armored(" \r\n----- BEGIN"));
  EXPECT_TRUE(looks_armored("text\n-----BEGIN AGE ENCRYPTED FILE-----\n"));
  EXPECT_FALSE(looks_armored("age-encryption.org/v1\n-> a\n-----BEGIN"));
  EXPECT_FALSE(looks_armored("text"));
  EXPECT_FALSE(looks_armored(""));
}

}  // namespace
}  // namespace vmcred::age
