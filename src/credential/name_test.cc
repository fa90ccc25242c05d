// SPDX-License-Identifier: Apache-2.0
// Requirements R58 to R64, and systemd's rules for names.
#include "credential/name.h"

#include <gmock/gmock.h>
#include <map>
#include <set>

#include "base/text.h"

namespace vmcred::credential {
namespace {

using testing::HasSubstr;

TEST(CredentialNameTest, TakesWhatSystemdTakes) {
  for (const std::string& text :
       {std::string("a"), std::string("API_KEY"), std::string("my.company.key"), std::string("..."),
        std::string(".hidden"), std::string("a b"), std::string("a,b"),
        std::string("!\"#$%&'()*+,-.;<>?@[\\]^_`{|}~"), std::string(255, 'x')}) {
    const auto name = CredentialName::parse(text);
    ASSERT_TRUE(name) << name.error().what;
    EXPECT_EQ(name->text(), text);
  }
}

TEST(CredentialNameTest, NearMissesSayWhichRuleTheyBreak) {
  struct Row {
    std::string text;
    const char* rule;
  };
  const Row rows[] = {
      {"", "is empty"},
      {std::string(256, 'x'), "is longer than 255 bytes"},
      {".", "is a directory's"},
      {"..", "is a directory's"},
      {"a/b", "contains '/'"},
      {"../a", "contains '/'"},
      {"a:b", "contains ':'"},
      {"a=b", "contains '='"},
      {"a\nb", "has a byte outside printable ASCII"},
      {std::string("a\0b", 3), "has a byte outside printable ASCII"},
      {"a\x7f", "has a byte outside printable ASCII"},
      {"\xc3\xa4", "has a byte outside printable ASCII"},
      {"a\t", "has a byte outside printable ASCII"},
  };
  for (const auto& row : rows) {
    const auto name = CredentialName::parse(row.text);
    ASSERT_FALSE(name) << row.rule;
    EXPECT_EQ(name.error().kind, base::ErrorKind::credential);
    EXPECT_EQ(name.error().what, base::concat("credential name ", base::quoted(row.text), " ", row.rule));
  }
}

TEST(SecretNameTest, EveryFurtherNameIsComputedFromIt) {
  struct Row {
    const char* name;
    const char* host;   // R59, R60
    const char* guest;  // R61
  };
  const Row rows[] = {
      {"api-key", "host-api-key", "API_KEY"},
      {"db-password", "host-db-password", "DB_PASSWORD"},
      {"jwt-secret", "host-jwt-secret", "JWT_SECRET"},
      {"a", "host-a", "A"},
      {"0", "host-0", "0"},
      {"tls2-key-3", "host-tls2-key-3", "TLS2_KEY_3"},
      {"host-a", "host-host-a", "HOST_A"},
  };
  for (const auto& row : rows) {
    const auto name = SecretName::parse(row.name);
    ASSERT_TRUE(name) << name.error().what;
    EXPECT_EQ(name->text(), row.name);
    EXPECT_EQ(name->host_credential().text(), row.host);
    EXPECT_EQ(name->guest_credential().text(), row.guest);
  }
}

TEST(SecretNameTest, TheLongestOneStillLeavesRoomForItsPrefix) {
  const auto longest = SecretName::parse(std::string(250, 'x'));
  ASSERT_TRUE(longest) << longest.error().what;
  EXPECT_EQ(longest->host_credential().text().size(), 255U);
  const auto longer = SecretName::parse(std::string(251, 'x'));
  ASSERT_FALSE(longer);
  EXPECT_THAT(longer.error().what, HasSubstr("is longer than 250 bytes"));
}

TEST(SecretNameTest, NearMissesAreRefused) {
  for (const std::string& text :
       {std::string(), std::string("API_KEY"), std::string("apiKey"), std::string("api_key"),
        std::string("-api"), std::string("api-"), std::string("api--key"), std::string("-"),
        std::string("api.key"), std::string("api key"), std::string("api/key"), std::string(".."),
        std::string("\xc3\xa4pi"), std::string("api\n"), std::string("a\0", 2)}) {
    const auto name = SecretName::parse(text);
    ASSERT_FALSE(name) << base::quoted(text);
    EXPECT_EQ(name.error().kind, base::ErrorKind::credential);
    EXPECT_EQ(name.error().what,
              base::concat("secret name ", base::quoted(text),
                           " must be lower-case letters, digits and single hyphens, like 'api-key'"));
  }
}

// R64: all names of up to four characters, and no two of them become one.
TEST(SecretNameTest, NoTwoSecretsShareAGuestName) {
  std::map<std::string, std::string> seen;
  std::vector<std::string> texts = {""};
  for (int length = 1; length <= 4; ++length) {
    std::vector<std::string> longer;
    for (const auto& text : texts)
      for (const char c : {'a', 'b', '0', '1', '-'}) longer.push_back(text + c);
    texts = std::move(longer);
    for (const auto& text : texts) {
      const auto name = SecretName::parse(text);
      if (!name) continue;
      const auto [place, is_new] = seen.emplace(name->guest_credential().text(), text);
      EXPECT_TRUE(is_new) << text << " and " << place->second;
    }
  }
  EXPECT_GT(seen.size(), 300U);
}

// All names that systemd.system-credentials(7) lists, with an example where it has a placeholder.
TEST(IsPrivilegedTest, EveryNameThatSystemdActsOnIs) {
  for (const auto* text : {"vmm.notify_socket",
                           "system.machine_id",
                           "system.hostname",
                           "systemd.extra-unit.evil.service",
                           "systemd.unit-dropin.sshd@.service~x",
                           "passwd.hashed-password.root",
                           "passwd.plaintext-password.root",
                           "passwd.shell.root",
                           "passwd.hashed-password.alice",
                           "userdb.user.alice",
                           "userdb.group.wheel",
                           "userdb.transient.user.alice",
                           "userdb.transient.group.wheel",
                           "home.create.alice",
                           "home.register.alice",
                           "home.add-signing-key.x",
                           "ssh.authorized_keys.root",
                           "ssh.ephemeral-authorized_keys-all",
                           "ssh.listen",
                           "tmpfiles.extra",
                           "sysusers.extra",
                           "sysctl.extra",
                           "fstab.extra",
                           "fstab.extra.initrd",
                           "login.issue",
                           "login.motd",
                           "network.hosts",
                           "network.dns",
                           "network.search_domains",
                           "network.conf.x",
                           "network.link.x",
                           "network.netdev.x",
                           "network.network.x",
                           "network.wireguard.private.wg0",
                           "firstboot.locale",
                           "firstboot.locale-messages",
                           "firstboot.keymap",
                           "firstboot.timezone",
                           "firstboot.hostname",
                           "firstboot.machine-tags",
                           "vconsole.keymap",
                           "vconsole.font",
                           "getty.ttys.serial",
                           "getty.ttys.container",
                           "getty.auto",
                           "agetty.autologin",
                           "login.noauth",
                           "tty.serial.ttyS0.agetty.autologin",
                           "tty.virtual.tty1.login.noauth",
                           "tty.container.pts-0.x",
                           "tty.console.agetty.autologin",
                           "journal.forward_to_socket",
                           "journal.storage",
                           "udev.conf.x",
                           "udev.rules.x",
                           "cryptsetup.passphrase",
                           "cryptsetup.tpm2-pin",
                           "cryptsetup.fido2-pin",
                           "cryptsetup.pkcs11-pin",
                           "cryptsetup.luks2-pin",
                           "import.pull",
                           "shell.prompt.prefix",
                           "shell.prompt.suffix",
                           "shell.welcome",
                           "fsck.mode",
                           "quotacheck.mode",
                           "imds.key"})
    EXPECT_TRUE(is_privileged(*CredentialName::parse(text))) << text;
}

TEST(IsPrivilegedTest, AnOrdinaryNameIsNot) {
  for (const auto* text : {"API_KEY",          "DB_PASSWORD",
                           "ENVIRONMENT",      "passwdx",
                           "passwd",           "password",
                           "xpasswd.root",     "my.systemd.unit",
                           "my.passwd.root",   "systemd",
                           "systemdx.unit",    "SYSTEMD.extra-unit.x",
                           "Passwd.root",      "vmm.notify_sockets",
                           "vmm.notify",       "vmm.other",
                           "tmpfiles",         "tmpfiles.extras",
                           "tmpfiles.other",   "sysctl.extra.x",
                           "fstab.extra.x",    "fstab.extra.initrd.x",
                           "sshd.listen",      "ssh",
                           "network",          "networks.dns",
                           "logins.issue",     "home",
                           "importer.pull",    "vmcred.manifest",
                           "myorg.ssh.listen", "tty",
                           "fsckx.mode"})
    EXPECT_FALSE(is_privileged(*CredentialName::parse(text))) << text;
}

TEST(SecretNameTest, TheHostCredentialsNameLeadsBack) {
  const auto secret = SecretName::parse("api-key");
  ASSERT_TRUE(secret);
  EXPECT_EQ(without_host_prefix(secret->host_credential().text()), "api-key");
  EXPECT_EQ(without_host_prefix("host-"), "");
  EXPECT_EQ(without_host_prefix("hostname"), std::nullopt);
}

}  // namespace
}  // namespace vmcred::credential
