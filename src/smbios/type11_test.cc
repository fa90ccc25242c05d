// SPDX-License-Identifier: Apache-2.0
#include "smbios/type11.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <random>
#include <string>

namespace vmcred::smbios {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Bytes bytes_of(const std::string& text) { return std::as_bytes(std::span(text)); }

std::vector<std::string> texts(const Structure& structure) {
  std::vector<std::string> result;
  result.reserve(structure.strings.size());
  for (const Bytes string : structure.strings)
    result.emplace_back(reinterpret_cast<const char*>(string.data()), string.size());
  return result;
}

std::string write(std::uint16_t handle, const std::vector<std::string>& strings) {
  std::size_t text_bytes = 0;
  for (const auto& string : strings) text_bytes += string.size();
  std::string structure(oem_structure_size(strings.size(), text_bytes), '#');
  OemStructureWriter writer(handle, std::as_writable_bytes(std::span(structure)));
  for (const auto& string : strings)
    std::ranges::copy(bytes_of(string), writer.next_string(string.size()).begin());
  EXPECT_EQ(writer.finish(), structure.size());
  return structure;
}

// A string from a literal that holds NULs.
template <std::size_t Size>
std::string raw(const char (&literal)[Size]) {
  return std::string(literal, Size - 1);
}

TEST(OemStructureWriterTest, WritesTheBytesOfTheStandard) {
  EXPECT_EQ(write(0x0e01, {"a", "bc"}), raw("\x0b\x05\x01\x0e\x02"
                                            "a\0bc\0\0"));
}

TEST(OemStructureWriterTest, CountsUpToTheLargestNumberOfStrings) {
  const std::vector<std::string> strings(k_max_strings, "x");
  const std::string structure = write(0, strings);
  EXPECT_EQ(static_cast<unsigned char>(structure[k_header_size]), k_max_strings);
  const auto read = read_structure(bytes_of(structure));
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(texts(*read), strings);
}

TEST(ReadStructureTest, GivesBackWhatWasWritten) {
  for (unsigned seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::vector<std::string> strings(1 + random() % k_max_strings);
    for (auto& string : strings) {
      string.resize(1 + random() % 40);
      for (auto& c : string) c = static_cast<char>(1 + random() % 255);  // every byte but NUL
    }
    const auto handle = static_cast<std::uint16_t>(random());
    const std::string structure = write(handle, strings);
    const auto read = read_structure(bytes_of(structure));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->type, k_type_oem_strings);
    EXPECT_EQ(read->handle, handle);
    EXPECT_EQ(read->formatted.size(), k_oem_header_size);
    EXPECT_EQ(read->size, structure.size());
    EXPECT_EQ(texts(*read), strings);
  }
}

TEST(ReadStructureTest, RefusesEveryTruncation) {
  const std::string structure = write(1, {"io.systemd.credential:a=b", "second"});
  for (std::size_t size = 0; size < structure.size(); ++size)
    EXPECT_FALSE(read_structure(bytes_of(structure).first(size))) << size << " bytes";
}

TEST(ReadStructureTest, ReadsWhatOthersWrite) {
  struct Row {
    const char* about;
    std::string table;
    std::size_t size;
    std::vector<std::string> strings;
  };
  const Row rows[] = {
      {"no strings at all", raw("\x01\x04\x00\x00\0\0"), 6, {}},
      {"a count that is too large, as QEMU writes for empty values",
       raw("\x0b\x05\x00\x00\x03"
           "a\0\0"),
       8,
       {"a"}},
      {"a count that is too small, as QEMU writes for more than 255",
       raw("\x0b\x05\x00\x00\x00"
           "a\0b\0\0"),
       10,
       {"a", "b"}},
      {"a count, but the strings are gone", raw("\x0b\x05\x00\x00\x02\0\0"), 7, {}},
      {"another structure behind it",
       raw("\x0b\x05\x00\x00\x01"
           "a\0\0\x7f\x04\x00\x00\0\0"),
       8,
       {"a"}},
      {"a longer formatted part",
       raw("\x01\x08\x34\x12zzzz"
           "a\0\0"),
       11,
       {"a"}},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.about);
    const auto read = read_structure(bytes_of(row.table));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->size, row.size);
    EXPECT_EQ(texts(*read), row.strings);
  }
}

TEST(ReadStructureTest, RefusesNearMisses) {
  struct Row {
    std::string table;
    const char* reason;
  };
  const Row rows[] = {
      {"", "cut in its header"},
      {raw("\x0b\x05\x00"), "cut in its header"},
      {raw("\x0b\x03\x00\x00\0\0"), "shorter than its header"},
      {raw("\x0b\x00\x00\x00\0\0"), "shorter than its header"},
      {raw("\x0b\xff\x00\x00\0\0"), "cut in its formatted part"},
      {raw("\x0b\x05\x00\x00"), "cut in its formatted part"},
      {raw("\x0b\x05\x00\x00\x01"), "cut in its strings"},
      {raw("\x0b\x05\x00\x00\x01\0"), "cut in its strings"},
      {raw("\x0b\x05\x00\x00\x01"
           "a\0"),
       "cut in its strings"},
      {raw("\x0b\x05\x00\x00\x01"
           "a"),
       "cut in its strings"},
      {raw("\x0b\x05\x00\x00\x01\0a\0\0"), "empty first string"},
  };
  for (const auto& row : rows) {
    const auto read = read_structure(bytes_of(row.table));
    ASSERT_FALSE(read) << row.reason;
    EXPECT_EQ(read.error().kind, base::ErrorKind::io);
    EXPECT_THAT(read.error().what, HasSubstr(row.reason));
  }
}

TEST(ReadTableTest, StopsAtTheEndStructure) {
  const std::string end = raw("\x7f\x04\x00\x00\0\0");
  const auto read = read_table(bytes_of(write(7, {"a"}) + write(9, {"b"}) + end + "anything"));
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[1].handle, 9);
}

TEST(ReadTableTest, MayEndWithoutTheEndStructure) {
  const std::string table = write(7, {"a"}) + raw("\x01\x04\x00\x00\0\0");
  const auto read = read_table(bytes_of(table));
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_EQ(read->size(), 2U);
  EXPECT_THAT(texts(read->front()), ElementsAre("a"));
}

TEST(ReadTableTest, AnEmptyTableHasNoStructures) {
  const auto read = read_table({});
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->empty());
}

TEST(ReadTableTest, RefusesACutTable) {
  const std::string table = write(7, {"a"}) + write(9, {"b"});
  EXPECT_FALSE(read_table(bytes_of(table).first(table.size() - 1)));
}

}  // namespace
}  // namespace vmcred::smbios
