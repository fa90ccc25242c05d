// SPDX-License-Identifier: Apache-2.0
#include "age/openssh_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "age/openssh_section.h"
#include "age/ssh_key_file.h"
#include "age/ssh_wire.h"
#include "secret/base64.h"
#include "support/bytes.h"
#include "support/ssh_keys.h"

namespace vmcred::age {
namespace {

using namespace test_support;  // NOLINT(google-build-using-namespace): the keys
using testing::HasSubstr;

std::string error_of(std::string_view pem) {
  const auto file = SshKeyFile::parse(bytes_of(pem), "test-key", nullptr);
  return file ? "" : file.error().what;
}

// The bytes of a key file, to be changed.
std::vector<std::byte> body_of(std::string_view pem) {
  const auto begin = pem.find('\n');
  const auto letters = pem.substr(begin, pem.find("-----END") - begin);
  std::vector<std::byte> bytes(letters.size());
  bytes.resize(*secret::base64_decode(bytes_of(letters), bytes));
  return bytes;
}

std::string pem_of(const std::vector<std::byte>& bytes) {
  std::string letters(secret::base64_length(bytes.size()), '\0');
  secret::base64_encode(bytes, std::as_writable_bytes(std::span(letters)));
  return std::string(k_openssh_begin) + "\n" + letters + "\n-----END OPENSSH PRIVATE KEY-----\n";
}

TEST(OpensshKey, OpensKeysOfEveryCipherThatWeKnow) {
  for (const auto key : {k_ssh_locked_key, k_ssh_locked_aes128_key}) {
    const auto file = OpensshKey::parse(bytes_of(key));
    ASSERT_TRUE(file) << file.error().what;
    EXPECT_TRUE(file->is_locked());
    EXPECT_TRUE(file->open(bytes_of(k_ssh_passphrase)));
    EXPECT_FALSE(file->open(bytes_of("test passphrasf")));
  }
}

TEST(OpensshKey, NamesWhatItDoesNotSupport) {
  EXPECT_THAT(error_of(k_ssh_locked_chacha_key),
              HasSubstr("'chacha20-poly1305@openssh.com', which is not supported"));
  EXPECT_THAT(error_of(k_ssh_ecdsa_key), HasSubstr("'ecdsa-sha2-nistp256'"));
}

TEST(OpensshKey, TellsHowToConvertAnEncryptedOldKey) {
  const std::string old =
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n"
      "-----END RSA PRIVATE KEY-----\n";
  const auto file = SshKeyFile::parse(bytes_of(old), "test-key", nullptr);
  ASSERT_FALSE(file);
  EXPECT_THAT(file.error().what, HasSubstr("in an old format, and encrypted"));
  EXPECT_EQ(file.error().hint, "convert it: ssh-keygen -p -f test-key");
}

TEST(OpensshKey, RefusesAnythingElse) {
  EXPECT_THAT(error_of(""), HasSubstr("test-key: "));
  EXPECT_THAT(error_of("ssh-ed25519 AAAA"), HasSubstr("test-key: "));
  EXPECT_THAT(error_of(std::string(k_max_ssh_key_file_bytes + 1, 'x')), HasSubstr("larger than"));
  EXPECT_THAT(error_of("x" + std::string(k_ssh_plain_key)), HasSubstr("begin with the mark"));
  EXPECT_THAT(error_of(std::string(k_ssh_plain_key) + "x"), HasSubstr("something follows"));
  EXPECT_THAT(error_of(std::string(k_openssh_begin) + "\n"), HasSubstr("end is missing"));
  EXPECT_THAT(error_of(pem_of({})), HasSubstr("another version"));
}

TEST(OpensshKey, RefusesEveryShorterAndLongerFile) {
  for (const auto key : {k_ssh_plain_key, k_ssh_locked_key}) {
    auto bytes = body_of(key);
    EXPECT_EQ(error_of(pem_of(bytes)), "");
    const auto whole = bytes;
    while (!bytes.empty()) {
      bytes.pop_back();
      EXPECT_NE(error_of(pem_of(bytes)), "") << bytes.size();
    }
    bytes = whole;
    bytes.push_back(std::byte{0});
    EXPECT_NE(error_of(pem_of(bytes)), "");
  }
}

// Only the check numbers (changed both) and the comment are free to differ.
TEST(OpensshKey, NoticesEveryChangedByteOfAnUnlockedKey) {
  const auto whole = body_of(k_ssh_plain_key);
  const std::string_view comment = "test only";
  const auto position = text_of(whole).rfind(comment);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    if (i >= position && i < position + comment.size()) continue;
    auto bytes = whole;
    bytes[i] ^= std::byte{0x10};
    EXPECT_NE(error_of(pem_of(bytes)), "") << i;
  }
}

TEST(SshWire, TakesBigNumbersInTheirShortestFormOnly) {
  const auto number = [](std::vector<unsigned char> octets) -> std::optional<std::size_t> {
    std::vector<std::byte> bytes;
    append_ssh_string(bytes, std::as_bytes(std::span(octets)));
    const auto value = SshReader(bytes).big_number();
    if (!value) return std::nullopt;
    return value->size();
  };
  EXPECT_EQ(number({}), 0U);
  EXPECT_EQ(number({1}), 1U);
  EXPECT_EQ(number({0, 0x80}), 1U);
  EXPECT_FALSE(number({0}));
  EXPECT_FALSE(number({0, 1}));
  EXPECT_FALSE(number({0x80}));
  EXPECT_FALSE(number({0, 0, 0x80}));
}

}  // namespace
}  // namespace vmcred::age
