// SPDX-License-Identifier: Apache-2.0
// Each kind against a program that knows the form: openssl, ssh-keygen, age-keygen, and crypt(3) itself.
#include "vars/kinds/kinds.h"

#include <crypt.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <set>

#include "base/process.h"
#include "base/text.h"
#include "secret/base64.h"
#include "support/temporary_directory.h"

namespace vmcred::vars {
namespace {

using base::concat;
using base::output_of;
using config::Certificate;
using config::FileKind;
using test_support::bytes_of;
using test_support::text_of;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::StartsWith;

std::string value_of(const base::Result<secret::SecretBuffer>& made) {
  if (!made) {
    ADD_FAILURE() << made.error().what;
    return "";
  }
  return text_of(made->bytes());
}

// The output of a program that a test can't do without, without the newline at its end.
std::string said_by(const std::vector<std::string>& words) {
  auto output = output_of(words);
  if (!output) {
    ADD_FAILURE() << base::join(words, " ");
    return "";
  }
  if (output->ends_with('\n')) output->pop_back();
  return *output;
}

TEST(Kinds, RandomOnesHaveTheirFormAndDiffer) {
  struct Row {
    FileKind::Type type;
    std::size_t size;
    const char* form;
  };
  const Row rows[] = {
      {FileKind::Type::base64, 32, "^[A-Za-z0-9+/]{43}=$"},
      {FileKind::Type::base64, 1, "^[A-Za-z0-9+/]{2}==$"},
      {FileKind::Type::hex, 32, "^[0-9a-f]{64}$"},
      {FileKind::Type::alphanumeric, 24, "^[A-Za-z0-9]{24}$"},
      {FileKind::Type::password, 24, "^[A-HJ-NP-Za-km-np-z2-9]{24}$"},
      {FileKind::Type::uuid, 0, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"},
  };
  for (const Row& row : rows) {
    FileKind kind;
    kind.type = row.type;
    kind.size = row.size;
    const std::string first = value_of(make_file(kind, {}));
    EXPECT_THAT(first, MatchesRegex(row.form));
    const bool may_repeat = row.size == 1;
    EXPECT_TRUE(may_repeat || first != value_of(make_file(kind, {})));
  }
  EXPECT_EQ(value_of(make_raw(65536)).size(), 65536U);
}

TEST(Kinds, RandomOnesUseTheirWholeAlphabetEvenly) {
  std::map<char, int> counts;
  const std::string text = value_of(make_alphanumeric(62 * 1000));
  for (const char c : text) ++counts[c];
  ASSERT_EQ(counts.size(), 62U);
  // Each count is 1000 on average with a deviation of 31: eight of those are beyond all chance.
  for (const auto& [c, count] : counts) EXPECT_NEAR(count, 1000, 250) << c;
}

TEST(Kinds, CryptAcceptsThePasswordsHash) {
  const std::string hash = value_of(make_password_hash(bytes_of("correct horse")));
  EXPECT_THAT(hash, StartsWith("$y$"));
  crypt_data data{};
  EXPECT_STREQ(::crypt_r("correct horse", hash.c_str(), &data), hash.c_str());
  EXPECT_STRNE(::crypt_r("correct hors", hash.c_str(), &data), hash.c_str());
  EXPECT_NE(hash, value_of(make_password_hash(bytes_of("correct horse"))));
  EXPECT_FALSE(make_password_hash(bytes_of(std::string("a\0b", 3))));
  EXPECT_FALSE(make_password_hash(bytes_of(std::string(512, 'a'))));
}

TEST(Kinds, SshKeygenReadsTheKey) {
  const test_support::TemporaryDirectory directory;
  const std::string key = value_of(make_ssh_ed25519());
  const std::string file = directory.write("key", key);
  const std::string public_key = value_of(make_ssh_ed25519_public(bytes_of(key)));
  EXPECT_EQ(said_by({"ssh-keygen", "-y", "-P", "", "-f", file}), public_key);
  EXPECT_THAT(said_by({"ssh-keygen", "-l", "-f", file}), StartsWith("256 SHA256:"));
  EXPECT_NE(key, value_of(make_ssh_ed25519()));
}

TEST(Kinds, SshPublicKeyFollowsFromSshKeygensOwn) {
  const test_support::TemporaryDirectory directory;
  said_by({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", directory.path("own")});
  const std::string own = test_support::read_file(directory.path("own"));
  const std::string line = test_support::read_file(directory.path("own.pub"));
  EXPECT_THAT(line, StartsWith(value_of(make_ssh_ed25519_public(bytes_of(own)))));
  said_by({"ssh-keygen", "-q", "-t", "ed25519", "-N", "locked", "-f", directory.path("locked")});
  EXPECT_FALSE(make_ssh_ed25519_public(bytes_of(test_support::read_file(directory.path("locked")))));
  for (const char* wrong :
       {"", "x", "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n"})
    EXPECT_FALSE(make_ssh_ed25519_public(bytes_of(wrong))) << wrong;
}

TEST(Kinds, WireguardKeysFollowTheRfc) {
  // RFC 7748, section 6.1: Alice's keys.
  EXPECT_EQ(value_of(make_wireguard_public(bytes_of("dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo="))),
            "hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo=");
  const std::string key = value_of(make_wireguard());
  ASSERT_EQ(key.size(), 44U);
  std::byte scalar[33];
  ASSERT_EQ(secret::base64_decode(bytes_of(key), scalar), 32U);
  EXPECT_EQ(scalar[0] & std::byte{7}, std::byte{0});
  EXPECT_EQ(scalar[31] & std::byte{0xc0}, std::byte{0x40});
  for (const char* wrong : {"", "AAAA", "no base64"}) EXPECT_FALSE(make_wireguard_public(bytes_of(wrong)));
}

TEST(Kinds, AgeKeygenReadsTheKey) {
  const test_support::TemporaryDirectory directory;
  const std::string key = value_of(make_age());
  const std::string public_key = value_of(make_age_public(bytes_of(key)));
  EXPECT_EQ(said_by({"age-keygen", "-y", directory.write("key", key)}), public_key);
  EXPECT_FALSE(make_age_public(bytes_of("")));
}

class TlsKinds : public testing::TestWithParam<FileKind::Algorithm> {
 protected:
  struct Pair {
    std::string key;
    std::string certificate;
  };

  static Pair make_pair(const Certificate& wanted, const Pair* issuer) {
    Pair pair;
    pair.key = value_of(make_tls_key(GetParam()));
    Sources sources{.of = bytes_of(pair.key)};
    if (issuer != nullptr) {
      sources.issuer_key = bytes_of(issuer->key);
      sources.issuer_certificate = bytes_of(issuer->certificate);
    }
    pair.certificate = value_of(make_tls_certificate(wanted, sources));
    return pair;
  }

  static Certificate ca() {
    Certificate wanted;
    wanted.common_name = "Test CA";
    wanted.ca = true;
    return wanted;
  }

  std::string text_of_certificate(const std::string& pem) const {
    return said_by({"openssl", "x509", "-in", m_directory.write("shown", pem), "-noout", "-ext",
                    "subjectAltName,basicConstraints,keyUsage,extendedKeyUsage", "-subject", "-issuer"});
  }

  test_support::TemporaryDirectory m_directory;
};

TEST_P(TlsKinds, OpensslVerifiesTheChain) {
  const Pair authority = make_pair(ca(), nullptr);
  Certificate wanted;
  wanted.common_name = "web";
  wanted.subject_alternative_names = {"web.example.org", "*.example.org", "10.0.0.1", "fd00::1"};
  wanted.issuer = "ca";
  const Pair server = make_pair(wanted, &authority);
  const std::string ca_file = m_directory.write("ca.pem", authority.certificate);
  const std::string file = m_directory.write("server.pem", server.certificate);
  EXPECT_EQ(said_by({"openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", ca_file,
                     "-verify_hostname", "a.example.org", file}),
            file + ": OK");
  EXPECT_EQ(said_by({"openssl", "verify", "-CAfile", ca_file, "-verify_ip", "fd00::1", file}), file + ": OK");
  EXPECT_FALSE(output_of({"openssl", "verify", "-CAfile", ca_file, "-verify_hostname", "other.org", file}));
  const std::string text = text_of_certificate(server.certificate);
  EXPECT_THAT(text,
              HasSubstr("DNS:web.example.org, DNS:*.example.org, IP Address:10.0.0.1, IP Address:FD00"));
  EXPECT_THAT(text, HasSubstr("CA:FALSE"));
  EXPECT_THAT(text, HasSubstr("issuer=CN = Test CA"));
}

TEST_P(TlsKinds, OpensslVerifiesASelfSignedOne) {
  Certificate wanted;
  wanted.common_name = "alone.example.org";
  wanted.days = 30;
  const Pair pair = make_pair(wanted, nullptr);
  const std::string file = m_directory.write("alone.pem", pair.certificate);
  EXPECT_EQ(said_by({"openssl", "verify", "-CAfile", file, "-verify_hostname", "alone.example.org", file}),
            file + ": OK");
  EXPECT_TRUE(output_of({"openssl", "x509", "-checkend", std::to_string(29 * 86400), "-noout", "-in", file}));
  EXPECT_FALSE(
      output_of({"openssl", "x509", "-checkend", std::to_string(31 * 86400), "-noout", "-in", file}));
}

TEST_P(TlsKinds, TheKeyBelongsToTheCertificate) {
  const Pair pair = make_pair(ca(), nullptr);
  const std::string key = said_by({"openssl", "pkey", "-pubout", "-in", m_directory.write("key", pair.key)});
  EXPECT_EQ(
      said_by({"openssl", "x509", "-pubkey", "-noout", "-in", m_directory.write("c", pair.certificate)}),
      key);
}

TEST_P(TlsKinds, RefusesAnIssuerWhoseKeyIsAnother) {
  Pair authority = make_pair(ca(), nullptr);
  authority.key = value_of(make_tls_key(GetParam()));
  const std::string key = value_of(make_tls_key(GetParam()));
  const auto made = make_tls_certificate(ca(), {.of = bytes_of(key),
                                                .issuer_key = bytes_of(authority.key),
                                                .issuer_certificate = bytes_of(authority.certificate)});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, StartsWith("the issuer's key does not belong to its certificate"));
}

INSTANTIATE_TEST_SUITE_P(Algorithms, TlsKinds,
                         testing::Values(FileKind::Algorithm::p256, FileKind::Algorithm::ed25519),
                         [](const auto& row) {
                           return row.param == FileKind::Algorithm::p256 ? "P256" : "Ed25519";
                         });

TEST(Kinds, RefusesAKeyThatIsNone) {
  const auto made =
      make_tls_certificate({}, {.of = bytes_of("no key"), .issuer_key = {}, .issuer_certificate = {}});
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().what, StartsWith("the key is no private key in PEM"));
}

}  // namespace
}  // namespace vmcred::vars
