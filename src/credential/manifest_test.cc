// SPDX-License-Identifier: Apache-2.0
#include "credential/manifest.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <random>
#include <string>

#include "support/bytes.h"

namespace vmcred::credential {
namespace {

using test_support::all_bytes;
using test_support::bytes_of;
using testing::HasSubstr;
using testing::Not;

Credential make_credential(const std::string& name, const std::string& value) {
  return {.name = *CredentialName::parse(name), .value = *secret::SecretBuffer::copy_of(bytes_of(value))};
}

std::string text_of(const secret::SecretBuffer& buffer) {
  return {reinterpret_cast<const char*>(buffer.bytes().data()), buffer.size()};
}

// Made with another implementation of BLAKE2b, Python's: key = bytes(range(32)) and
// hashlib.blake2b(len(name).to_bytes(8, "little") + name + value, key=key, digest_size=32).
const std::string k_key_line = "key AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n";
const std::string k_api_key_line = "6 wf+BCqFSXYLVz6Rg4iaNkkPMKajiDsvIDtmyOPRAgTk= API_KEY\n";
const std::string k_empty_line = "0 Q3wVVElFBlKsyMarFnvZWBANNPw10ONSn3yLnK1CCu8= EMPTY\n";
const std::string k_spaces_line = "256 0M+x2v/xrwmYaH6t6VdUOmHt84oHKPeIVLSx3S1LUzI= with space\n";
const std::string k_known =
    "vmcred-manifest 1\n" + k_key_line + k_api_key_line + k_empty_line + k_spaces_line + "end 3\n";

TEST(ManifestTest, KnowsDigestsOfAnotherImplementation) {
  const auto manifest = Manifest::parse(bytes_of(k_known));
  ASSERT_TRUE(manifest) << manifest.error().what;
  const auto& entries = manifest->entries();
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].name.text(), "API_KEY");
  EXPECT_EQ(entries[0].size, 6U);
  EXPECT_EQ(entries[2].name.text(), "with space");
  EXPECT_TRUE(manifest->matches(entries[0], bytes_of("hello\n")));
  EXPECT_TRUE(manifest->matches(entries[1], {}));
  EXPECT_TRUE(manifest->matches(entries[2], bytes_of(all_bytes())));

  EXPECT_FALSE(manifest->matches(entries[0], bytes_of("hello")));
  EXPECT_FALSE(manifest->matches(entries[0], bytes_of("hellO\n")));
  EXPECT_FALSE(manifest->matches(entries[1], bytes_of("hello\n")));
  EXPECT_FALSE(manifest->matches(entries[2], {}));
}

TEST(ManifestTest, GivesBackWhatWasMade) {
  for (unsigned seed = 1; seed <= 100; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    std::mt19937 random(seed);
    CredentialSet set;
    for (auto i = random() % 20; i > 0; --i) {
      std::string value(random() % 2000, '\0');
      for (auto& c : value) c = static_cast<char>(random());
      set.push_back(make_credential("name " + std::to_string(i), value));
    }
    const auto text = Manifest::make(set);
    ASSERT_TRUE(text) << text.error().what;
    const auto manifest = Manifest::parse(text->bytes());
    ASSERT_TRUE(manifest) << manifest.error().what;
    ASSERT_EQ(manifest->entries().size(), set.size());
    for (const auto& entry : manifest->entries()) {
      const auto& sent = *std::ranges::find(set, entry.name, &Credential::name);
      EXPECT_EQ(entry.size, sent.value.size());
      EXPECT_TRUE(manifest->matches(entry, sent.value.bytes()));
    }
  }
}

TEST(ManifestTest, NoticesSecretsThatChangedPlaces) {
  CredentialSet set;
  set.push_back(make_credential("a", "first"));
  set.push_back(make_credential("b", "other"));
  const auto manifest = Manifest::parse(Manifest::make(set)->bytes());
  ASSERT_TRUE(manifest);
  EXPECT_TRUE(manifest->matches(manifest->entries()[0], bytes_of("first")));
  EXPECT_FALSE(manifest->matches(manifest->entries()[0], bytes_of("other")));
}

TEST(ManifestTest, DependsOnTheKeyOfItsStart) {
  CredentialSet set;
  set.push_back(make_credential("a", "value"));
  EXPECT_NE(text_of(*Manifest::make(set)), text_of(*Manifest::make(set)));
}

TEST(ManifestTest, SizeIsKnownBeforeTheSecrets) {
  CredentialSet set;
  std::vector<Manifest::Outline> outlines;
  for (const std::size_t size : {0U, 9U, 10U, 99U, 100U, 65536U, 1048576U})
    set.push_back(make_credential("size-" + std::to_string(size), std::string(size, 'x')));
  EXPECT_EQ(Manifest::text_size({}), Manifest::make({})->size());
  for (const auto& credential : set)
    outlines.push_back({.name = &credential.name, .size = credential.value.size()});
  EXPECT_EQ(Manifest::text_size(outlines), Manifest::make(set)->size());
}

TEST(ManifestTest, IsNotMadeOfWhatItCouldNotSay) {
  CredentialSet twins;
  twins.push_back(make_credential("a", "x"));
  twins.push_back(make_credential("b", "x"));
  twins.push_back(make_credential("a", "y"));
  const auto twice = Manifest::make(twins);
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().what, HasSubstr("'a'"));

  CredentialSet large;
  large.push_back(make_credential("large", std::string(k_max_credential_bytes + 1, 'x')));
  const auto too_large = Manifest::make(large);
  ASSERT_FALSE(too_large);
  EXPECT_THAT(too_large.error().what, HasSubstr("'large'"));
}

TEST(ManifestTest, RefusesEveryTruncation) {
  for (std::size_t size = 0; size < k_known.size(); ++size)
    EXPECT_FALSE(Manifest::parse(bytes_of(k_known).first(size))) << size << " bytes";
}

TEST(ManifestTest, RefusesNearMissesAndNamesTheLine) {
  const std::string head = "vmcred-manifest 1\n" + k_key_line;
  const std::string digest = k_api_key_line.substr(2, 44);
  struct Row {
    std::string text;
    const char* where;
  };
  const Row rows[] = {
      {"", "line 1"},
      {"vmcred-manifest 2\n" + k_key_line + "end 0\n", "line 1"},
      {"vmcred-manifest 1\r\n" + k_key_line + "end 0\n", "line 1"},
      {" " + head + "end 0\n", "line 1"},
      {"vmcred-manifest 1\nend 0\n", "line 2"},
      {"vmcred-manifest 1\nkey  AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\nend 0\n", "line 2"},
      {"vmcred-manifest 1\nkey AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\nend 0\n", "line 2"},
      {"vmcred-manifest 1\nkey AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8AAAA=\nend 0\n", "line 2"},
      {head + "06 " + digest + " a\nend 1\n", "line 3"},
      {head + "+6 " + digest + " a\nend 1\n", "line 3"},
      {head + "-6 " + digest + " a\nend 1\n", "line 3"},
      {head + " 6 " + digest + " a\nend 1\n", "line 3"},
      {head + "0x6 " + digest + " a\nend 1\n", "line 3"},
      {head + "1048577 " + digest + " a\nend 1\n", "line 3"},
      {head + "99999999999999999999 " + digest + " a\nend 1\n", "line 3"},
      {head + "6  " + digest + " a\nend 1\n", "line 3"},
      {head + "6 " + digest.substr(1) + " a\nend 1\n", "line 3"},
      {head + "6 " + digest + "\nend 1\n", "line 3"},
      {head + "6 " + digest + " \nend 1\n", "line 3"},
      {head + "6 " + digest + " a/b\nend 1\n", "line 3"},
      {head + "6 " + digest + " a=b\nend 1\n", "line 3"},
      {head + "6 " + digest + " vmcred.manifest\nend 1\n", "line 3"},
      {head + "6 " + digest + " b\n6 " + digest + " a\nend 2\n", "line 4"},
      {head + "6 " + digest + " a\n6 " + digest + " a\nend 2\n", "line 4"},
      {head + "\nend 0\n", "line 3"},
      {head + "end 1\n", "line 3"},
      {head + "end 00\n", "line 3"},
      {head + "end\n", "line 3"},
      {head + "6 " + digest + " a\nend 0\n", "line 4"},
      {head + "end 0\nx", "line 4"},
      {head + "end 0\n\n", "line 4"},
      {head + "end 0\r\n", "line 3"},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.text);
    const auto manifest = Manifest::parse(bytes_of(row.text));
    ASSERT_FALSE(manifest);
    EXPECT_EQ(manifest.error().kind, base::ErrorKind::verify);
    EXPECT_THAT(manifest.error().what, HasSubstr(row.where));
    EXPECT_THAT(manifest.error().what, Not(HasSubstr(digest.substr(1, 8))));
  }
}

}  // namespace
}  // namespace vmcred::credential
