// SPDX-License-Identifier: Apache-2.0
#include "credential/initrd_segment.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "support/bytes.h"
#include "support/temporary_directory.h"

namespace vmcred::credential {
namespace {

using test_support::all_bytes;
using test_support::bytes_of;
using test_support::TemporaryDirectory;

constexpr std::size_t k_most_bytes = 4UL * 1024 * 1024;

CredentialSet some_credentials() {
  CredentialSet set;
  const auto add = [&](const char* name, const std::string& value) {
    set.push_back(
        {.name = *CredentialName::parse(name), .value = *secret::SecretBuffer::copy_of(bytes_of(value))});
  };
  add("API_KEY", all_bytes());
  add("EMPTY", "");
  add("odd one", "12345");
  add("LARGE", std::string(70001, 'x'));
  return set;
}

std::string shim_segment(const CredentialSet& set, const std::string& program, const std::string& next) {
  std::string text(initrd_segment_size(archived_outlines(set), program.size(), next), '?');
  write_initrd_segment(set, {.program = bytes_of(program), .next_init = next},
                       std::as_writable_bytes(std::span(text)));
  return text;
}

std::string import_segment(const CredentialSet& set) {
  std::string text(import_segment_size(archived_outlines(set)), '?');
  write_import_segment(set, std::as_writable_bytes(std::span(text)));
  return text;
}

std::string run_cpio(const std::vector<std::string>& options, const std::string& archive) {
  std::vector<std::string> words{"cpio", "--quiet"};
  words.insert(words.end(), options.begin(), options.end());
  const auto outcome = base::run_program({.words = words, .input = archive});
  EXPECT_TRUE(outcome);
  EXPECT_EQ(outcome->exit_code, 0) << outcome->errors;
  EXPECT_EQ(outcome->errors, "");
  return outcome->output;
}

std::string text_in(const std::string& path) {
  return base::read_text_file(path, k_most_bytes).value_or("?");
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode;
}

TEST(InitrdSegmentTest, IsReadByCpio) {
  const TemporaryDirectory place;
  const auto set = some_credentials();
  const std::string segment = shim_segment(set, "#!program", "/sbin/next");
  EXPECT_EQ(run_cpio({"-t"}, segment), ".vmcred\n.vmcred/credentials\n.vmcred/next\n.vmcred/init\n");
  run_cpio({"-i", "-m", "--no-preserve-owner", "-D", place.path()}, segment);

  std::string archive(archive_size(archived_outlines(set)), '?');
  write_archive(set, std::as_writable_bytes(std::span(archive)));
  EXPECT_EQ(text_in(place.path() + std::string(k_shim_archive)), archive);
  EXPECT_EQ(text_in(place.path() + std::string(k_shim_next)), "/sbin/next");
  EXPECT_EQ(text_in(place.path() + std::string(k_shim_program)), "#!program");
  EXPECT_EQ(mode_of(place.path() + std::string(k_shim_directory)), S_IFDIR | 0700U);
  EXPECT_EQ(mode_of(place.path() + std::string(k_shim_archive)), S_IFREG | 0400U);
  EXPECT_EQ(mode_of(place.path() + std::string(k_shim_program)), S_IFREG | 0755U);
}

TEST(InitrdSegmentTest, BelongsToRootAndToNoTime) {
  const std::string listing = run_cpio({"-t", "-v", "--numeric-uid-gid"}, shim_segment({}, "p", "/init"));
  EXPECT_THAT(listing,
              testing::HasSubstr("drwx------   2 0        0               0 Jan  1  1970 .vmcred\n"));
  EXPECT_THAT(listing,
              testing::HasSubstr("-r--------   1 0        0              12 Jan  1  1970 .vmcred/cred"));
}

TEST(InitrdSegmentTest, IsTheSameForTheSameSet) {
  const auto set = some_credentials();
  EXPECT_EQ(shim_segment(set, "p", "/init"), shim_segment(set, "p", "/init"));
  EXPECT_EQ(import_segment(set), import_segment(set));
}

TEST(InitrdSegmentTest, AllLengthsAreAligned) {
  for (std::size_t length = 1; length < 10; ++length) {
    const std::string segment = shim_segment({}, std::string(length, 'p'), "/" + std::string(length, 'n'));
    EXPECT_EQ(segment.size() % 4, 0U);
    EXPECT_EQ(segment.find('?'), std::string::npos);
    EXPECT_EQ(run_cpio({"-t"}, segment), ".vmcred\n.vmcred/credentials\n.vmcred/next\n.vmcred/init\n");
  }
}

TEST(InitrdSegmentTest, TheFormForSystemdHoldsAFileForEach) {
  const TemporaryDirectory place;
  const auto set = some_credentials();
  run_cpio({"-i", "-m", "--no-preserve-owner", "-D", place.path()}, import_segment(set));
  const std::string directory = place.path() + "/.extra/system_credentials";
  EXPECT_EQ(mode_of(directory), S_IFDIR | 0500U);
  for (const auto& [name, value] : set) {
    const std::string path = directory + "/" + name.text() + ".cred";
    EXPECT_TRUE(value.equals(bytes_of(text_in(path)))) << path;
    EXPECT_EQ(mode_of(path), S_IFREG | 0400U);
  }
}

TEST(InitrdSegmentTest, PaddingAlignsAndHoldsAWordOfZeros) {
  for (std::size_t size = 0; size < 9; ++size) {
    EXPECT_EQ((size + initrd_padding(size)) % 4, 0U);
    EXPECT_GE(initrd_padding(size), 4U);
    EXPECT_LT(initrd_padding(size), 8U);
  }
}

}  // namespace
}  // namespace vmcred::credential
