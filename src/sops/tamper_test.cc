// SPDX-License-Identifier: Apache-2.0
// Changes each byte of an encrypted file, bit by bit: the lowest, two that change letters, digits and white
// space into each other, and the highest. Either the reader notices, or the values are the same and the byte
// is one of those that the format does not protect; which those are is written down here.
#include <gtest/gtest.h>

#include <array>
#include <optional>

#include "sops/test_keys.h"

namespace vmcred::sops {
namespace {

constexpr std::array<unsigned char, 4> k_masks = {0x01, 0x04, 0x20, 0x80};

// Bytes from `begin` to `end` - 1.
struct Region {
  std::size_t begin;
  std::size_t end;
};

class OpenBytes {
 public:
  explicit OpenBytes(std::string_view file) : m_file(file) {
    for (std::size_t i = 0; i < file.size(); ++i)
      if (file[i] == '\t' || file[i] == '\n' || file[i] == ' ') m_regions.push_back({i, i + 1});
  }

  // All of `text`, which stands in the file once.
  void add(std::string_view text) {
    const std::size_t at = m_file.find(text);
    if (at == std::string_view::npos || m_file.find(text, at + 1) != std::string_view::npos)
      throw std::runtime_error("not once in the file");
    m_regions.push_back({at, at + text.size()});
  }

  void add_first(std::string_view text, std::string_view in) {
    const std::size_t at = m_file.find(text, m_file.find(in));
    m_regions.push_back({at, at + text.size()});
  }

  bool contains(std::size_t place) const {
    return std::any_of(m_regions.begin(), m_regions.end(),
                       [&](const Region& region) { return place >= region.begin && place < region.end; });
  }

 private:
  std::string_view m_file;
  std::vector<Region> m_regions;
};

// What sops protects nowhere: white space between tokens, the case of metadata names, who a key is said to be
// for, the version as long as it is one, and the white space behind the armored key.
OpenBytes open_bytes_of(std::string_view file, const Person& person) {
  OpenBytes open(file);
  for (const std::string_view name : {"age", "enc", "lastmodified", "mac", "version"})
    open.add_first(name, std::string("\"").append(name).append("\":"));
  open.add_first("recipient", "\"recipient\":");
  open.add(person.name);
  open.add(k_sops_version);
  open.add_first("\\n\"", "END AGE ENCRYPTED FILE-----");
  return open;
}

void expect_changes_noticed(std::string_view file, Format format, const Person& person,
                            const OpenBytes& open) {
  const std::string plain = must(decrypt_text(file, format, person));
  std::size_t unnoticed = 0;
  for (std::size_t i = 0; i < file.size(); ++i)
    for (const unsigned char mask : k_masks) {
      std::string changed(file);
      changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ mask);
      const auto result = decrypt_text(changed, format, person);
      if (!result) continue;
      ++unnoticed;
      EXPECT_TRUE(open.contains(i)) << "at " << i << ": " << changed.substr(i < 20 ? 0 : i - 20, 40);
      if (format == Format::binary) { EXPECT_EQ(*result, plain); }
    }
  EXPECT_GT(unnoticed, 0U);
}

TEST(Tampering, EachBitOfABinaryFileIsProtectedOrSaysNothing) {
  const Person person = new_person();
  const std::string file = encrypt_text("secret", Format::binary, person);
  expect_changes_noticed(file, Format::binary, person, open_bytes_of(file, person));
}

TEST(Tampering, InATreeKeysOfOpenValuesAreNotProtected) {
  const Person person = new_person();
  const std::string file =
      encrypt_text(R"({"a": "x", "b_unencrypted": "open", "c": {"d": 1}})", Format::json, person);
  OpenBytes open = open_bytes_of(file, person);
  open.add("b_unencrypted");
  open.add("unencrypted_suffix");  // its value is the default
  expect_changes_noticed(file, Format::json, person, open);
}

TEST(Tampering, EachBitOfADotenvFileIsProtectedOrSaysNothing) {
  const Person person = new_person();
  const std::string file = encrypt_text("A=x\n", Format::dotenv, person);
  OpenBytes open(file);
  open.add("sops_age__list_0__map_enc");
  open.add("sops_age__list_0__map_recipient");
  open.add("sops_lastmodified");
  open.add("sops_mac");
  open.add("sops_version");
  open.add("sops_unencrypted_suffix");
  open.add("_unencrypted\n");  // no key ends with it
  open.add(person.name);
  open.add(k_sops_version);
  open.add_first("\\n\n", "END AGE ENCRYPTED FILE-----");
  expect_changes_noticed(file, Format::dotenv, person, open);
}

TEST(Tampering, EachMissingByteOfABinaryFileIsNoticedOrSaysNothing) {
  const Person person = new_person();
  const std::string file = encrypt_text("secret", Format::binary, person);
  const OpenBytes open = open_bytes_of(file, person);
  for (std::size_t i = 0; i < file.size(); ++i) {
    std::string changed(file);
    changed.erase(i, 1);
    const auto result = decrypt_text(changed, Format::binary, person);
    if (!result) continue;
    EXPECT_EQ(*result, "secret");
    EXPECT_TRUE(open.contains(i)) << "at " << i << ": " << file.substr(i < 20 ? 0 : i - 20, 40);
  }
}

TEST(Tampering, ATruncatedFileIsNoFile) {
  const Person person = new_person();
  const std::string file = encrypt_text("secret", Format::binary, person);
  for (std::size_t size = 0; size + 1 < file.size(); ++size)
    EXPECT_FALSE(decrypt_text(file.substr(0, size), Format::binary, person)) << size;
}

}  // namespace
}  // namespace vmcred::sops
