// SPDX-License-Identifier: Apache-2.0
#include "runner/secrets/sources.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "credential/directory.h"
#include "credential/manifest.h"
#include "credential/provider_protocol.h"
#include "runner/secrets/test_stored_secrets.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"

namespace vmcred::runner {
namespace {

using base::ErrorKind;
using test_support::bytes_of;
using test_support::credential_name;
using test_support::file_secret;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const Identity k_identity{.name = "x", .uid = 4711, .gid = 4712, .groups = {}};

std::vector<std::string> texts(const base::Error& error) {
  std::vector<std::string> all = {error.what};
  for (const auto& other : error.others) all.push_back(other.what);
  return all;
}

class SourcesTest : public testing::Test {
 protected:
  // A secret whose source holds `value`.
  void add(std::string_view name, std::string_view value, mode_t mode = 0400) {
    m_vm.secrets.push_back(file_secret(name, m_tree.write(name, value, mode)));
  }
  // A secret that only the store has.
  void add_stored(std::string_view name) {
    config::Secret secret = file_secret(name, "");
    secret.source = config::RandomSource{.bytes = 32};
    m_vm.secrets.push_back(std::move(secret));
  }
  void add_missing(std::string_view name) { m_vm.secrets.push_back(file_secret(name, m_tree.path(name))); }

  // What a start without root or systemd comes to.
  base::Result<credential::CredentialSet> read_own() { return read_own_secrets(m_vm, m_stored, m_warnings); }

  base::Error failure() {
    auto set = read_own();
    EXPECT_FALSE(set);
    return set ? base::Error{.kind = ErrorKind::usage, .what = "read"} : std::move(set).error();
  }

  test_support::TemporaryDirectory m_tree;
  config::VirtualMachine m_vm = test_support::machine();
  TestStoredSecrets m_stored;
  std::vector<std::string> m_warnings;
};

TEST_F(SourcesTest, SecretsComeByteForByteUnderTheirGuestNamesInTheConfigsOrder) {
  const std::string values[] = {test_support::all_bytes(), "\n\nspaces around \n",
                                std::string(1'048'576, '\xff')};
  add("every-byte", values[0]);
  add("new-lines", values[1]);
  add("largest", values[2]);
  const auto set = read_own();
  ASSERT_TRUE(set) << set.error().what;
  ASSERT_THAT(*set, SizeIs(3));
  const char* const names[] = {"EVERY_BYTE", "NEW_LINES", "LARGEST"};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ((*set)[i].name.text(), names[i]);
    EXPECT_TRUE((*set)[i].value.equals(bytes_of(values[i]))) << names[i];
  }
  EXPECT_THAT(m_warnings, IsEmpty());
}

TEST_F(SourcesTest, AllThatFailAreReportedTogetherWithVmSecretAndPath) {
  add("good", "value");
  add_missing("api-key");
  add("db-password", "");
  add("too-large", std::string(1'048'577, 'x'));
  m_vm.secrets.push_back(file_secret("no-file", m_tree.make_directory("directory")));
  const auto error = failure();
  EXPECT_EQ(error.kind, ErrorKind::credential);
  const std::string tree = m_tree.path();
  EXPECT_THAT(texts(error),
              ElementsAre("vm 'test-vm': secret 'api-key': " + tree + "/api-key: no such file or directory",
                          "vm 'test-vm': secret 'db-password': " + tree + "/db-password is empty",
                          "vm 'test-vm': secret 'too-large': " + tree +
                              "/too-large: has 1,048,577 bytes, the limit is 1,048,576 bytes",
                          "vm 'test-vm': secret 'no-file': " + tree +
                              "/directory: is a directory, expected a regular file"));
  EXPECT_EQ(error.hint, "put the secret there as root:root 0400, then start the VM again");
  EXPECT_THAT(error.others.front().hint, HasSubstr("'allow_empty = true' in [vms.…] secrets.db-password"));
}

TEST_F(SourcesTest, AnEmptySecretIsRefusedUnlessTheConfigAllowsIt) {
  add("flag", "");
  EXPECT_THAT(failure().what, EndsWith("flag is empty"));
  m_vm.secrets.front().allow_empty = true;
  const auto set = read_own();
  ASSERT_TRUE(set) << set.error().what;
  EXPECT_TRUE(set->front().value.empty());
}

TEST_F(SourcesTest, ASourceThatOthersMayReadIsWarnedOf) {
  add("private", "x", 0400);
  add("kvm-group", "x", 0440);
  add("world", "x", 0444);
  add("owner-writes", "x", 0600);
  ASSERT_TRUE(read_own());
  EXPECT_THAT(
      m_warnings,
      ElementsAre(m_tree.path("kvm-group") + " can be read by its group; secrets should be root:root 0400",
                  m_tree.path("world") + " can be read by every user; secrets should be root:root 0400"));
}

TEST_F(SourcesTest, WhoMayNotReadASourceIsToldWhatToDo) {
  add("api-key", "value");
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (::geteuid() != 0) ::chmod(m_tree.path("api-key").c_str(), 0);
    if (const auto problem = test_support::lose_root(); !problem.empty()) return problem;
    const auto error = failure();
    return error.what + " | " + error.hint;
  });
  EXPECT_THAT(outcome.text,
              HasSubstr("api-key: permission denied | run as root, or under systemd with LoadCredential="));
}

TEST_F(SourcesTest, RootHandsTheUserACopyAndTouchesNoSource) {
  VMCRED_NEEDS_ROOT();
  add("api-key", test_support::all_bytes());
  const auto before = test_support::status_of(m_tree.path("api-key"));
  const auto directory = load_like_systemd(m_vm, m_stored, k_identity, m_warnings);
  ASSERT_TRUE(directory) << directory.error().what;
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (const auto done = become(k_identity); !done) return done.error().what;
    const auto set = read_secrets(m_vm, directory->get());
    if (!set) return set.error().what;
    return set->front().name.text() +
           (set->front().value.equals(bytes_of(test_support::all_bytes())) ? " whole" : " cut");
  });
  EXPECT_EQ(outcome.text, "API_KEY whole");
  const auto after = test_support::status_of(m_tree.path("api-key"));
  EXPECT_EQ(after.st_uid, before.st_uid);
  EXPECT_EQ(after.st_gid, before.st_gid);
  EXPECT_EQ(after.st_mode, before.st_mode);
  EXPECT_EQ(after.st_ino, before.st_ino);
  EXPECT_EQ(after.st_nlink, before.st_nlink);
  EXPECT_EQ(after.st_mtim.tv_sec, before.st_mtim.tv_sec);
  EXPECT_EQ(after.st_mtim.tv_nsec, before.st_mtim.tv_nsec);
  EXPECT_EQ(after.st_ctim.tv_sec, before.st_ctim.tv_sec);
  EXPECT_EQ(after.st_ctim.tv_nsec, before.st_ctim.tv_nsec);
}

TEST_F(SourcesTest, StoredSecretsComeFromTheStoreByteForByte) {
  add("file", "1");
  add_stored("random");
  m_stored.values["random"] = test_support::all_bytes();
  const auto set = read_own();
  ASSERT_TRUE(set) << set.error().what;
  ASSERT_EQ(set->size(), 2U);
  EXPECT_TRUE((*set)[1].value.equals(bytes_of(test_support::all_bytes())));
}

TEST_F(SourcesTest, WhatTheStoreLacksOrHasEmptyIsReportedWithTheRest) {
  add_missing("file");
  add_stored("lost");
  add_stored("void");
  m_stored.values["void"] = "";
  EXPECT_THAT(texts(failure()), ElementsAre(EndsWith("no such file or directory"),
                                            "vm 'test-vm': secret 'lost': it is not in the store",
                                            "vm 'test-vm': secret 'void': its value in the store is empty"));
}

TEST_F(SourcesTest, RootHandsStoredSecretsOverToo) {
  VMCRED_NEEDS_ROOT();
  add_stored("random");
  m_stored.values["random"] = "value";
  const auto directory = load_like_systemd(m_vm, m_stored, k_identity, m_warnings);
  ASSERT_TRUE(directory) << directory.error().what;
  const auto outcome = test_support::in_child([&]() -> std::string {
    if (const auto done = become(k_identity); !done) return done.error().what;
    const auto set = read_secrets(m_vm, directory->get());
    return set && set->front().value.equals(bytes_of("value")) ? "whole" : "lost";
  });
  EXPECT_EQ(outcome.text, "whole");
}

TEST_F(SourcesTest, RootReportsAllSourcesThatFailToo) {
  VMCRED_NEEDS_ROOT();
  add_missing("a");
  add("b", "");
  add_missing("c");
  const auto directory = load_like_systemd(m_vm, m_stored, k_identity, m_warnings);
  ASSERT_FALSE(directory);
  EXPECT_THAT(texts(directory.error()),
              ElementsAre(EndsWith("/a: no such file or directory"), EndsWith("/b is empty"),
                          EndsWith("/c: no such file or directory")));
}

// The way under systemd: $CREDENTIALS_DIRECTORY has a file for each secret, by its host name.
class CredentialsDirectoryTest : public SourcesTest {
 protected:
  base::Result<credential::CredentialSet> read() {
    const auto directory = credential::open_directory(m_tree.path());
    EXPECT_TRUE(directory) << directory.error().what;
    return read_secrets(m_vm, directory->get());
  }
  void SetUp() override { ASSERT_EQ(::chmod(m_tree.path().c_str(), 0700), 0); }
  void declare(std::string_view name) { m_vm.secrets.push_back(file_secret(name, "/nonexistent")); }
};

TEST_F(CredentialsDirectoryTest, SecretsAreFoundByTheirHostNames) {
  declare("api-key");
  declare("db-password");
  m_vm.secrets[1].credential = credential_name("other.name");
  m_tree.write("host-api-key", "one", 0400);
  m_tree.write("host-db-password", "two", 0440);
  m_tree.write("host-undeclared", "three", 0400);
  const auto set = read();
  ASSERT_TRUE(set) << set.error().what;
  ASSERT_THAT(*set, SizeIs(2));
  EXPECT_EQ((*set)[0].name.text(), "API_KEY");
  EXPECT_TRUE((*set)[0].value.equals(bytes_of("one")));
  EXPECT_EQ((*set)[1].name.text(), "other.name");
  EXPECT_TRUE((*set)[1].value.equals(bytes_of("two")));
}

TEST_F(CredentialsDirectoryTest, AllThatAreMissingOrEmptyAreReportedTogether) {
  for (const auto* name : {"api-key", "db-password", "jwt-secret"}) declare(name);
  m_tree.write("host-db-password", "", 0400);
  const auto set = read();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().kind, ErrorKind::credential);
  EXPECT_THAT(
      texts(set.error()),
      ElementsAre("vm 'test-vm': secret 'api-key': host-api-key not found in credentials directory",
                  "vm 'test-vm': secret 'db-password': host-db-password in credentials directory is empty",
                  "vm 'test-vm': secret 'jwt-secret': host-jwt-secret not found in credentials directory"));
  m_vm.secrets = {m_vm.secrets[1]};
  m_vm.secrets.front().allow_empty = true;
  EXPECT_TRUE(read());
}

// Of a file of the administrator's it is a value like any other.
TEST_F(CredentialsDirectoryTest, TheBeginningOfAProvidersRefusalIsNoValue) {
  declare("from-file");
  add_stored("from-store");
  const std::string cut_off = base::concat("begun", credential::k_refusal_text, "\n-- vmc");
  m_tree.write("host-from-file", cut_off, 0400);
  m_tree.write("host-from-store", "value", 0400);
  EXPECT_TRUE(read());
  m_tree.write("host-from-store", cut_off, 0400);
  const auto set = read();
  ASSERT_FALSE(set);
  EXPECT_THAT(
      texts(set.error()),
      ElementsAre("vm 'test-vm': secret 'from-store': host-from-store in credentials directory is no value "
                  "but the beginning of a refusal"));
}

TEST(AddStaticValuesAndManifestTest, TheManifestIsLastAndNamesAllOthers) {
  auto vm = test_support::machine();
  vm.static_values = {{.credential = credential_name("ENVIRONMENT"), .value = "test"},
                      {.credential = credential_name("EMPTY"), .value = ""}};
  credential::CredentialSet set;
  set.push_back(test_support::credential_of("API_KEY", "secret"));
  ASSERT_TRUE(add_static_values_and_manifest(vm, "", set));
  ASSERT_THAT(set, SizeIs(4));
  EXPECT_EQ(set[1].name.text(), "ENVIRONMENT");
  EXPECT_TRUE(set[1].value.equals(bytes_of("test")));
  EXPECT_EQ(set[3].name.text(), "vmcred.manifest");
  const auto manifest = credential::Manifest::parse(set[3].value.bytes());
  ASSERT_TRUE(manifest) << manifest.error().what;
  ASSERT_THAT(manifest->entries(), SizeIs(3));
  for (const auto& entry : manifest->entries()) {
    const auto named = std::ranges::find(set, entry.name, &credential::Credential::name);
    ASSERT_NE(named, set.end()) << entry.name.text();
    EXPECT_TRUE(manifest->matches(entry, named->value.bytes())) << entry.name.text();
  }
}

TEST(AddStaticValuesAndManifestTest, WhereTheGuestReportsToIsACredentialLikeTheOthers) {
  credential::CredentialSet set;
  ASSERT_TRUE(add_static_values_and_manifest(test_support::machine(), "vsock-stream:2:9999", set));
  ASSERT_THAT(set, SizeIs(2));
  EXPECT_EQ(set[0].name.text(), "vmm.notify_socket");
  EXPECT_TRUE(set[0].value.equals(bytes_of("vsock-stream:2:9999")));
  EXPECT_THAT(credential::Manifest::parse(set[1].value.bytes())->entries(), SizeIs(1));
}

}  // namespace
}  // namespace vmcred::runner
