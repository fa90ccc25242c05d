// SPDX-License-Identifier: Apache-2.0
#include "credential/oem_string.h"

#include <gmock/gmock.h>
#include <random>
#include <string>

#include "support/bytes.h"

namespace vmcred::credential {
namespace {

using test_support::all_bytes;
using test_support::bytes_of;
using testing::HasSubstr;
using testing::Not;

Credential oem_credential(const std::string& name, const std::string& value) {
  return {.name = *CredentialName::parse(name), .value = *secret::SecretBuffer::copy_of(bytes_of(value))};
}

std::string write(const Credential& credential) {
  std::string text(oem_string_length(credential.name, credential.value.size()), '#');
  write_oem_string(credential, std::as_writable_bytes(std::span(text)));
  return text;
}

TEST(WriteOemStringTest, WritesTheBinaryForm) {
  struct Row {
    const char* name;
    const char* value;
    const char* text;
  };
  const Row rows[] = {
      {"API_KEY", "hello", "io.systemd.credential.binary:API_KEY=aGVsbG8="},
      {"a", "", "io.systemd.credential.binary:a="},
      {"a b,c", "x\ny", "io.systemd.credential.binary:a b,c=eAp5"},
  };
  for (const auto& row : rows) EXPECT_EQ(write(oem_credential(row.name, row.value)), row.text);
}

TEST(ReadOemStringTest, GivesBackEveryByte) {
  const auto read = read_oem_string(bytes_of(write(oem_credential("all", all_bytes()))));
  ASSERT_TRUE(read) << read.error().what;
  ASSERT_TRUE(read->has_value());
  EXPECT_EQ((*read)->name.text(), "all");
  EXPECT_TRUE((*read)->value.equals(bytes_of(all_bytes())));
}

TEST(ReadOemStringTest, GivesBackWhatWasWritten) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    std::string value(random() % 5000, '\0');
    for (auto& c : value) c = static_cast<char>(random());
    const auto read = read_oem_string(bytes_of(write(oem_credential("name", value))));
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_TRUE((*read)->value.equals(bytes_of(value)));
  }
}

TEST(ReadOemStringTest, ReadsWhatOthersWrite) {
  struct Row {
    const char* text;
    const char* name;
    const char* value;
  };
  const Row rows[] = {
      {"io.systemd.credential:a=plain", "a", "plain"},
      {"io.systemd.credential:a=", "a", ""},
      {"io.systemd.credential:a=b=c", "a", "b=c"},
      {"io.systemd.credential:a=trailing newline\n", "a", "trailing newline\n"},
      {"io.systemd.credential:binary:a", nullptr, nullptr},
      {"io.systemd.credential.binary:a=aGVs\nbG8=\n", "a", "hello"},
      {"io.systemd.credential.binary:a= aGVsbG8=", "a", "hello"},
      {"io.systemd.credential.binary:a=", "a", ""},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto read = read_oem_string(bytes_of(row.text));
    ASSERT_EQ(read.has_value(), row.name != nullptr);
    if (!read) continue;
    ASSERT_TRUE(read->has_value());
    EXPECT_EQ((*read)->name.text(), row.name);
    EXPECT_TRUE((*read)->value.equals(bytes_of(row.value)));
  }
}

TEST(ReadOemStringTest, LeavesOthersStringsAlone) {
  for (const std::string text :
       {"", "hello", "io.systemd.credential", "io.systemd.credential.binary", "io.systemd.credentials:a=b",
        "IO.SYSTEMD.CREDENTIAL:a=b", " io.systemd.credential:a=b",
        "io.systemd.stub.kernel-cmdline-extra=quiet"}) {
    const auto read = read_oem_string(bytes_of(text));
    ASSERT_TRUE(read) << text;
    EXPECT_FALSE(read->has_value()) << text;
  }
}

TEST(ReadOemStringTest, RefusesWhatSystemdRefusesAndQuotesNothing) {
  for (const std::string text : {
           "io.systemd.credential:no-equals-canary",
           "io.systemd.credential:=canary",
           "io.systemd.credential:bad/canary=x",
           "io.systemd.credential:..=canary",
           "io.systemd.credential:n\xc3\xa4me-canary=x",
           "io.systemd.credential.binary:canary",
           "io.systemd.credential.binary:a=canary",
           "io.systemd.credential.binary:a=Y2FuYXJ5Y2FuYQ",
           "io.systemd.credential.binary:a=Y2FuYXJ5Y2FuYQ==canary",
           "io.systemd.credential.binary:a=canary_-",
       }) {
    const auto read = read_oem_string(bytes_of(text));
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().kind, base::ErrorKind::credential);
    EXPECT_THAT(read.error().what, Not(HasSubstr("canary")));
    EXPECT_THAT(read.error().what, Not(HasSubstr("Y2Fu")));
  }
}

TEST(ReadOemStringTest, RefusesMoreThanSystemdTakes) {
  const std::string prefix = "io.systemd.credential:a=";
  EXPECT_TRUE(read_oem_string(bytes_of(prefix + std::string(k_max_credential_bytes, 'x'))));
  EXPECT_FALSE(read_oem_string(bytes_of(prefix + std::string(k_max_credential_bytes + 1, 'x'))));
}

}  // namespace
}  // namespace vmcred::credential
