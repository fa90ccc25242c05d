// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"

#include <gtest/gtest.h>
#include <climits>
#include <cstdint>

namespace vmcred::base {
namespace {

TEST(ConcatTest, JoinsTextsAndNumbers) {
  const std::string name = "x";
  EXPECT_EQ(concat("vm '", name, "' has ", 3, " of ", std::size_t{4}, std::string_view(" secrets")),
            "vm 'x' has 3 of 4 secrets");
  EXPECT_EQ(concat(INT64_MIN, " ", UINT64_MAX, " ", -1), "-9223372036854775808 18446744073709551615 -1");
  EXPECT_EQ(concat(), "");
  EXPECT_EQ(concat(std::string_view("a\0b", 3)).size(), 3U);
}

TEST(JoinTest, PutsTheSeparatorBetween) {
  EXPECT_EQ(join({}, ", "), "");
  const std::string items[] = {"a", "b", "c"};
  EXPECT_EQ(join(std::span(items).first(1), ", "), "a");
  EXPECT_EQ(join(items, ", "), "a, b, c");
}

TEST(QuotedTest, NoInputCanForgeALineOrEndTheQuotes) {
  struct Row {
    std::string text;
    const char* quoted;
  };
  const Row rows[] = {
      {"", "''"},
      {"plain text", "'plain text'"},
      {"x\nvmcred: error: forged", "'x\\x0avmcred: error: forged'"},
      {"\r\t\x1b[2J", "'\\x0d\\x09\\x1b[2J'"},
      {std::string("\0", 1), "'\\x00'"},
      {"\x7f", "'\\x7f'"},
      {"\xc2\x9b[2J", "'\\xc2\\x9b[2J'"},
      {"it's", "'it\\x27s'"},
      {"\\x0a", "'\\x5cx0a'"},
      {"gr\xc3\xbc\xc3\x9f"
       "e",
       "'gr\xc3\xbc\xc3\x9f"
       "e'"},
  };
  for (const auto& row : rows) EXPECT_EQ(base::quoted(row.text), row.quoted);
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text = base::quoted(std::string(1, static_cast<char>(byte)));
    for (const char c : text)
      EXPECT_TRUE(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f) << "byte " << byte;
    EXPECT_EQ(text.find('\'', 1), text.size() - 1) << "byte " << byte;
  }
}

TEST(CountedTest, HasThePluralWhereItIsDue) {
  EXPECT_EQ(counted(0, "secret"), "0 secrets");
  EXPECT_EQ(counted(1, "secret"), "1 secret");
  EXPECT_EQ(counted(2, "secret"), "2 secrets");
}

TEST(ByteCountTest, SeparatesThousands) {
  struct Row {
    std::size_t bytes;
    const char* text;
  };
  const Row rows[] = {
      {0, "0 bytes"},
      {1, "1 byte"},
      {999, "999 bytes"},
      {1000, "1,000 bytes"},
      {65'536, "65,536 bytes"},
      {999'999, "999,999 bytes"},
      {1'000'000, "1,000,000 bytes"},
      {SIZE_MAX, "18,446,744,073,709,551,615 bytes"},
  };
  for (const auto& row : rows) EXPECT_EQ(byte_count(row.bytes), row.text);
}

TEST(ClosestTest, FindsWhatWasMeantAndNothingElse) {
  const std::vector<std::string> candidates = {"--config", "--json", "--dry-run", "--quiet"};
  struct Row {
    const char* word;
    const char* closest;
  };
  const Row rows[] = {
      {"--config", "--config"},
      {"--confg", "--config"},
      {"--ocnfig", "--config"},
      {"--conf", "--config"},
      {"--dryrun", "--dry-run"},
      {"--jsno", "--json"},
      {"--quite", "--quiet"},
      {"--help", ""},
      {"", ""},
      {"completely else", ""},
  };
  for (const auto& row : rows) EXPECT_EQ(closest(row.word, candidates), row.closest) << row.word;
  EXPECT_EQ(closest("x", {}), "");
}

TEST(ClosestTest, TakesTheFirstOfEquals) {
  const std::vector<std::string> candidates = {"cat", "car"};
  EXPECT_EQ(closest("cap", candidates), "cat");
}

TEST(DidYouMeanTest, SaysItOrNothing) {
  const std::vector<std::string> candidates = {"run"};
  EXPECT_EQ(did_you_mean("rnu", candidates), " (did you mean 'run'?)");
  EXPECT_EQ(did_you_mean("start", candidates), "");
}

}  // namespace
}  // namespace vmcred::base
