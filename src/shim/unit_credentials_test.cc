// SPDX-License-Identifier: Apache-2.0
#include "shim/unit_credentials.h"

#include <gmock/gmock.h>

#include "credential/directory.h"
#include "support/temporary_directory.h"

namespace vmcred::shim {
namespace {

using test_support::TemporaryDirectory;
using test_support::text_of;
using testing::ElementsAre;

// R59, R61.
TEST(UnitCredentialsTest, ThePrefixMakesTheGuestsName) {
  EXPECT_EQ(guest_name("host-db-password")->text(), "DB_PASSWORD");
  EXPECT_EQ(guest_name("ssh.authorized_keys.root")->text(), "ssh.authorized_keys.root");
  EXPECT_EQ(guest_name("hostname")->text(), "hostname");
}

TEST(UnitCredentialsTest, WhatFollowsThePrefixMustBeASecretsName) {
  for (const char* name : {"host-", "host-Api", "host-a--b", "host-a_b"}) {
    const auto guest = guest_name(name);
    ASSERT_FALSE(guest) << name;
    EXPECT_EQ(guest.error().kind, base::ErrorKind::credential);
  }
}

struct Unit {
  TemporaryDirectory directory;
  base::Result<credential::CredentialSet> read(const std::vector<std::string>& may_be_empty = {}) const {
    EXPECT_EQ(::chmod(directory.path().c_str(), 0500), 0);
    const auto opened = credential::open_directory(directory.path());
    EXPECT_TRUE(opened);
    return read_unit_credentials(opened->get(), may_be_empty);
  }
};

TEST(UnitCredentialsTest, AllFilesAreReadAsTheyAre) {
  const Unit unit;
  unit.directory.write("host-jwt-secret", "x\n");
  unit.directory.write("host-api-key", test_support::all_bytes());
  unit.directory.write("other", "y");
  const auto set = unit.read();
  ASSERT_TRUE(set) << set.error().what;
  ASSERT_EQ(set->size(), 3);
  EXPECT_EQ((*set)[0].name.text(), "API_KEY");
  EXPECT_EQ(text_of((*set)[0].value.bytes()), test_support::all_bytes());
  EXPECT_EQ((*set)[1].name.text(), "JWT_SECRET");
  EXPECT_EQ(text_of((*set)[1].value.bytes()), "x\n");
  EXPECT_EQ((*set)[2].name.text(), "other");
}

// R23: they became empty without a word.
TEST(UnitCredentialsTest, AnEmptyOneIsAnErrorUnlessItIsMeant) {
  const Unit unit;
  unit.directory.write("host-api-key", "");
  unit.directory.write("host-db-password", "");
  const auto set = unit.read();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().what, "host-api-key in credentials directory is empty");
  EXPECT_EQ(set.error().others.size(), 1);
  EXPECT_TRUE(unit.read({"host-api-key", "host-db-password"}));
}

// R64.
TEST(UnitCredentialsTest, TwoFilesOfOneNameInTheGuestAreAnError) {
  const Unit unit;
  unit.directory.write("host-api-key", "x");
  unit.directory.write("API_KEY", "y");
  const auto set = unit.read();
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().what, "credential 'API_KEY' has one value in API_KEY and another in host-api-key");
}

TEST(UnitCredentialsTest, LinksAreNotFollowed) {
  const Unit unit;
  unit.directory.make_link("host-api-key", "/etc/hostname");
  EXPECT_FALSE(unit.read());
}

}  // namespace
}  // namespace vmcred::shim
