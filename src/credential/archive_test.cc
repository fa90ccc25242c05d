// SPDX-License-Identifier: Apache-2.0
#include "credential/archive.h"

#include <gmock/gmock.h>

#include "support/bytes.h"

namespace vmcred::credential {
namespace {

using test_support::all_bytes;
using test_support::bytes_of;
using test_support::text_of;
using testing::HasSubstr;
using testing::Not;

Credential credential(const std::string& name, const std::string& value) {
  return {.name = *CredentialName::parse(name), .value = *secret::SecretBuffer::copy_of(bytes_of(value))};
}

std::string archive_of(const CredentialSet& set) {
  std::string text(archive_size(archived_outlines(set)), '?');
  write_archive(set, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string number(std::size_t value) {
  std::string text;
  for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> (8 * i));
  return text;
}

std::string entry(const std::string& name, const std::string& value) {
  return number(name.size()) + name + number(value.size()) + value;
}

const std::string k_mark("vmcred\0\1", 8);

std::string error_of(const std::string& archive) {
  const auto set = read_archive(bytes_of(archive));
  return set ? "none" : set.error().what;
}

TEST(ArchiveTest, IsWrittenAsDocumented) {
  CredentialSet set;
  set.push_back(credential("A", "hi"));
  set.push_back(credential("EMPTY", ""));
  EXPECT_EQ(archive_of(set), k_mark + number(2) + entry("A", "hi") + entry("EMPTY", ""));
}

TEST(ArchiveTest, BringsEveryByteAndTheOrderBack) {
  CredentialSet set;
  set.push_back(credential("z", all_bytes()));
  set.push_back(credential(std::string(255, 'a'), std::string(k_max_credential_bytes, 'x')));
  set.push_back(credential("a b", ""));
  const auto again = read_archive(bytes_of(archive_of(set)));
  ASSERT_TRUE(again) << again.error().what;
  ASSERT_EQ(again->size(), set.size());
  for (std::size_t i = 0; i < set.size(); ++i) {
    EXPECT_EQ((*again)[i].name, set[i].name);
    EXPECT_TRUE((*again)[i].value.equals(set[i].value.bytes()));
  }
}

TEST(ArchiveTest, MayBeOfNothing) {
  const auto set = read_archive(bytes_of(archive_of({})));
  ASSERT_TRUE(set);
  EXPECT_TRUE(set->empty());
}

TEST(ArchiveTest, IsRefusedWhereverItIsCut) {
  CredentialSet set;
  set.push_back(credential("A", "canary"));
  set.push_back(credential("B", "2"));
  const std::string whole = archive_of(set);
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THAT(error_of(whole.substr(0, size)), HasSubstr("is cut")) << size;
}

TEST(ArchiveTest, RefusesWhatIsNotOne) {
  struct Row {
    std::string archive;
    const char* error;
  };
  const std::string head = k_mark + number(1);
  const Row rows[] = {
      {std::string("vmcred\0\2", 8) + number(0), "another mark"},
      {std::string(12, '\0'), "another mark"},
      {k_mark + number(0) + "x", "goes on behind"},
      {head + entry("A", "canary") + "x", "goes on behind"},
      {head + entry("", "canary"), "a name that systemd does not accept"},
      {head + entry("a/canary", "1"), "a name that systemd does not accept"},
      {head + entry("..", "1"), "a name that systemd does not accept"},
      {head + entry(std::string("a\0b", 3), "1"), "a name that systemd does not accept"},
      {head + entry(std::string(256, 'a'), "1"), "a name that systemd does not accept"},
      {k_mark + number(3) + entry("A", "1") + entry("B", "2") + entry("A", "3"), "a name twice"},
      {head + entry("A", std::string(k_max_credential_bytes + 1, 'x')), "larger than 1 MiB"},
      {k_mark + number(0xFFFFFFFF) + entry("A", "1"), "is cut"},
      {head + number(0xFFFFFFFF) + "A" + number(1) + "1", "is cut"},
      {head + number(1) + "A" + number(0xFFFFFFFF) + "1", "larger than 1 MiB"},
      {head + number(1) + "A" + number(2) + "1", "is cut"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.error);
    EXPECT_THAT(error_of(row.archive), HasSubstr(row.error));
    EXPECT_THAT(error_of(row.archive), Not(HasSubstr("canary")));
  }
}

}  // namespace
}  // namespace vmcred::credential
