// SPDX-License-Identifier: Apache-2.0
#include "secret/base64.h"

#include <gtest/gtest.h>
#include <random>
#include <string>

#include "support/bytes.h"

namespace vmcred::secret {
namespace {

using test_support::bytes_of;

std::string encode(const std::string& bytes) {
  std::string text(base64_length(bytes.size()), '#');
  base64_encode(bytes_of(bytes), std::as_writable_bytes(std::span(text)));
  return text;
}

std::optional<std::string> decode(const std::string& text) {
  std::string bytes(text.size() / 4 * 3, '#');
  const auto size = base64_decode(bytes_of(text), std::as_writable_bytes(std::span(bytes)));
  if (!size) return std::nullopt;
  return bytes.substr(0, *size);
}

// RFC 4648, section 10.
TEST(Base64Test, AgreesWithTheVectorsOfTheStandard) {
  struct Row {
    const char* bytes;
    const char* text;
  };
  const Row rows[] = {{"", ""},
                      {"f", "Zg=="},
                      {"fo", "Zm8="},
                      {"foo", "Zm9v"},
                      {"foob", "Zm9vYg=="},
                      {"fooba", "Zm9vYmE="},
                      {"foobar", "Zm9vYmFy"}};
  for (const auto& row : rows) {
    EXPECT_EQ(encode(row.bytes), row.text);
    EXPECT_EQ(decode(row.text), row.bytes);
  }
}

TEST(Base64Test, UsesTheStandardsLettersInTheirOrder) {
  std::string bytes;
  for (unsigned i = 0; i < 64; i += 4) {
    const unsigned group = i << 18U | (i + 1) << 12U | (i + 2) << 6U | (i + 3);
    for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>(group >> shift & 255U);
  }
  EXPECT_EQ(encode(bytes), "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
}

TEST(Base64Test, GivesBackEveryByteAtEverySize) {
  std::mt19937 random(1);
  for (std::size_t size = 0; size <= 1000; ++size) {
    std::string bytes(size, '\0');
    for (auto& c : bytes) c = static_cast<char>(random());
    const std::string text = encode(bytes);
    ASSERT_EQ(text.size(), (size + 2) / 3 * 4);
    ASSERT_EQ(text.find('\0'), std::string::npos);
    ASSERT_EQ(decode(text), bytes) << size << " bytes";
  }
}

TEST(Base64Test, SkipsWhiteSpaceAsSystemdDoes) {
  EXPECT_EQ(decode("Zm9v\nYmFy\r\n"), "foobar");
  EXPECT_EQ(decode(" Z\tm 9 v "), "foo");
  EXPECT_EQ(decode("Zg = ="), "f");
}

TEST(Base64Test, RefusesWhatIsNotBase64) {
  for (const std::string text : {"Z",     "Zg",          "Zg=",  "Zm9",  "Zm9vYg",  "Zg===",    "Zg==Zg==",
                                 "=",     "====",        "=Zg=", "Z=g=", "Zm8=x",   "Zm9v-A==", "Zm9v_A==",
                                 "Zm9v!", "Zm\xc3\xa4v", "Zh==", "Zm9=", "Zm9\xab", "Zm9\xaf"})
    EXPECT_EQ(decode(text), std::nullopt) << text;
  EXPECT_EQ(decode(std::string("Zm9\0", 4)), std::nullopt);
  EXPECT_EQ(decode(std::string("Zm\0\0\0\0"
                               "9v",
                               8)),
            std::nullopt);
}

}  // namespace
}  // namespace vmcred::secret
