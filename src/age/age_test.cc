// SPDX-License-Identifier: Apache-2.0
#include "age/age.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "age/payload.h"
#include "base/file.h"
#include "support/bytes.h"

namespace vmcred::age {
namespace {

using test_support::bytes_of;
using test_support::text_of;

// A new pair of keys.
struct Pair {
  Recipients recipients;
  Identities identities;

  Pair() {
    const auto generated = generate_identity();
    EXPECT_TRUE(generated);
    recipients.push_back(parse_recipient(generated->recipient).value());
    identities.push_back(parse_identity(generated->secret_key.bytes()).value());
    EXPECT_EQ(identities.front()->recipient(), generated->recipient);
    EXPECT_EQ(recipients.front()->text(), generated->recipient);
  }
};

std::string sample(std::size_t size) {
  std::string text(size, '\0');
  for (std::size_t i = 0; i < size; ++i) text[i] = static_cast<char>(i * 31 / 7);
  return text;
}

constexpr std::size_t k_sizes[] = {
    0, 1, 100, k_chunk_bytes - 1, k_chunk_bytes, k_chunk_bytes + 1, 2 * k_chunk_bytes, 300'000};

// The contents of a file in memory that `fill` has written.
template <typename Fill>
std::string written_by(Fill fill) {
  const base::UniqueFd file(::memfd_create("output", MFD_CLOEXEC));
  fill(Channel{.fd = file.get(), .subject = "output"});
  std::string text(static_cast<std::size_t>(::lseek(file.get(), 0, SEEK_END)), '\0');
  EXPECT_EQ(::pread(file.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  return text;
}

// A file in memory that holds `text`, at its start.
base::UniqueFd file_of(std::string_view text) {
  base::UniqueFd file(::memfd_create("input", MFD_CLOEXEC));
  EXPECT_TRUE(base::write_all(file.get(), bytes_of(text), "input"));
  EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
  return file;
}

TEST(AgeTest, WhatIsEncryptedInMemoryDecryptsAsAStreamAndBack) {
  const Pair pair;
  for (const std::size_t size : k_sizes)
    for (const Armor armor : {Armor::no, Armor::yes}) {
      const std::string plaintext = sample(size);
      const auto file = encrypt(bytes_of(plaintext), pair.recipients, armor);
      ASSERT_TRUE(file);
      const base::UniqueFd input = file_of(text_of(*file));
      EXPECT_EQ(
          written_by([&](Channel output) {
            EXPECT_TRUE(decrypt_stream({.fd = input.get(), .subject = "input"}, output, pair.identities));
          }),
          plaintext);
      const base::UniqueFd plain_input = file_of(plaintext);
      const std::string streamed = written_by([&](Channel output) {
        EXPECT_TRUE(
            encrypt_stream({.fd = plain_input.get(), .subject = "input"}, output, pair.recipients, armor));
      });
      EXPECT_EQ(streamed.size(), file->size());
      const auto decrypted = decrypt(bytes_of(streamed), pair.identities);
      ASSERT_TRUE(decrypted);
      EXPECT_TRUE(decrypted->equals(bytes_of(plaintext)));
    }
}

TEST(AgeTest, FilesHaveTheSizesOfTheSpecification) {
  const Pair pair;
  EXPECT_EQ(encrypt({}, pair.recipients, Armor::no)->size(), 200U);
  EXPECT_EQ(encrypt(bytes_of(sample(k_chunk_bytes)), pair.recipients, Armor::no)->size(), 65736U);
  EXPECT_EQ(encrypt(bytes_of(sample(k_chunk_bytes + 1)), pair.recipients, Armor::no)->size(), 65753U);
  EXPECT_EQ(encrypt(bytes_of(sample(32)), pair.recipients, Armor::yes)->size(), 385U);
}

TEST(AgeTest, EveryRecipientOpensTheFileAndNobodyElse) {
  Pair first;
  Pair second;
  const Pair stranger;
  Recipients both = std::move(first.recipients);
  both.push_back(std::move(second.recipients.front()));
  const auto file = encrypt(bytes_of("secret"), both, Armor::no);
  ASSERT_TRUE(file);
  EXPECT_TRUE(decrypt(*file, first.identities));
  EXPECT_TRUE(decrypt(*file, second.identities));
  const auto refused = decrypt(*file, stranger.identities);
  ASSERT_FALSE(refused);
  EXPECT_EQ(failure_of(refused.error()), Failure::no_match);
  EXPECT_EQ(failure_of(decrypt(*file, {}).error()), Failure::no_match);
}

TEST(AgeTest, NoChangedByteGoesUnseen) {
  const Pair pair;
  const auto file = encrypt(bytes_of("secret"), pair.recipients, Armor::no);
  ASSERT_TRUE(file);
  for (std::size_t i = 0; i < file->size(); ++i) {
    auto changed = *file;
    changed[i] ^= std::byte{1};
    EXPECT_FALSE(decrypt(changed, pair.identities)) << i;
    EXPECT_FALSE(decrypt(crypto::Bytes(*file).first(i), pair.identities)) << i;
  }
  auto longer = *file;
  longer.push_back(std::byte{0});
  EXPECT_EQ(failure_of(decrypt(longer, pair.identities).error()), Failure::payload);
}

TEST(AgeTest, NeedsARecipient) { EXPECT_FALSE(encrypt(bytes_of("secret"), {}, Armor::no)); }

TEST(AgeTest, PassphrasesStandAlone) {
  Pair pair;
  pair.recipients.push_back(passphrase_recipient(bytes_of("horse"), 2).value());
  EXPECT_FALSE(encrypt(bytes_of("secret"), pair.recipients, Armor::no));
  Recipients two;
  two.push_back(passphrase_recipient(bytes_of("horse"), 2).value());
  two.push_back(passphrase_recipient(bytes_of("horse"), 2).value());
  EXPECT_FALSE(encrypt(bytes_of("secret"), two, Armor::no));
}

TEST(AgeTest, OpensWithThePassphraseWithinTheLimit) {
  Recipients recipients;
  recipients.push_back(passphrase_recipient(bytes_of("horse"), 4).value());
  const auto file = encrypt(bytes_of("secret"), recipients, Armor::no);
  ASSERT_TRUE(file);
  const auto opened = [&](std::string_view passphrase, unsigned max_log_n) {
    Identities identities;
    identities.push_back(passphrase_identity(bytes_of(passphrase), max_log_n).value());
    return decrypt(*file, identities);
  };
  EXPECT_TRUE(opened("horse", 4));
  EXPECT_EQ(failure_of(opened("mule", 4).error()), Failure::no_match);
  EXPECT_EQ(failure_of(opened("horse", 3).error()), Failure::header);
  EXPECT_FALSE(passphrase_recipient({}));
  EXPECT_FALSE(passphrase_identity({}));
}

}  // namespace
}  // namespace vmcred::age
