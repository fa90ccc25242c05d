// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <algorithm>

#include "base/scope_exit.h"
#include "credential/oem_string.h"
#include "guest/test_tree.h"
#include "smbios/type11.h"

namespace vmcred::guest {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string structure(const std::vector<std::string>& strings) {
  std::size_t text_bytes = 0;
  for (const auto& string : strings) text_bytes += string.size();
  std::string bytes(smbios::oem_structure_size(strings.size(), text_bytes), '\0');
  smbios::OemStructureWriter writer(0, std::as_writable_bytes(std::span(bytes)));
  for (const auto& string : strings)
    std::ranges::copy(std::as_bytes(std::span(string)), writer.next_string(string.size()).begin());
  writer.finish();
  return bytes;
}

std::string text_string(const std::string& name, const std::string& value) {
  return "io.systemd.credential:" + name + "=" + value;
}

// A guest's sysfs, and a directory for what is found in it.
class ImportTest : public testing::Test {
 protected:
  ImportTest() { m_tree.write("sys/firmware/mark", ""); }

  void fw_cfg(const std::string& name, const std::string& value) const {
    m_tree.write("sys/firmware/qemu_fw_cfg/by_name/opt/io.systemd.credentials/" + name + "/raw", value);
  }
  void smbios(int number, const std::string& raw) const {
    m_tree.write("sys/firmware/dmi/entries/11-" + std::to_string(number) + "/raw", raw);
  }
  Outcome import(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"import", "--sysfs", m_tree.path("sys"), "--no-mount", "--directory",
                                     m_tree.path("run/credentials/@system")});
    return run_guest(options);
  }
  std::string imported(const std::string& name) const {
    return m_tree.read("run/credentials/@system/" + name);
  }
  bool was_imported(const std::string& name) const {
    return base::path_exists(m_tree.path("run/credentials/@system/" + name));
  }
  mode_t mode_of(const std::string& relative) const {
    struct stat status{};
    EXPECT_EQ(::stat(m_tree.path(relative).c_str(), &status), 0);
    return status.st_mode & 07777U;
  }

  TestTree m_tree;
};

TEST_F(ImportTest, TakesAllSourcesAndSetsModes) {
  ::mkdir(m_tree.path("run").c_str(), 0755);
  fw_cfg("from-fw-cfg", "one");
  smbios(0, structure({text_string("from-smbios", "two"), "something else"}));
  const auto outcome = import();
  EXPECT_EQ(outcome.exit_code, 0) << outcome.error;
  EXPECT_EQ(outcome.error, "");
  EXPECT_THAT(outcome.out, StartsWith("from-fw-cfg  3 bytes\nfrom-smbios  3 bytes\n2 credentials in "));
  EXPECT_EQ(imported("from-fw-cfg"), "one");
  EXPECT_EQ(imported("from-smbios"), "two");
  EXPECT_EQ(mode_of("run/credentials/@system"), 0700U);
  EXPECT_EQ(mode_of("run/credentials/@system/from-smbios"), 0400U);
}

TEST_F(ImportTest, GivesJson) {
  fw_cfg("a", "one");
  fw_cfg("b=c", "two");
  EXPECT_THAT(import({"--json"}).out,
              EndsWith("\"credentials\":[{\"name\":\"a\",\"size\":3}],\"skipped\":1}\n"));
}

TEST_F(ImportTest, GivesEveryByteByBothWays) {
  std::string value;
  for (int byte = 0; byte < 256; ++byte) value += static_cast<char>(byte);
  credential::Credential binary{.name = *credential::CredentialName::parse("binary"),
                                .value = *secret::SecretBuffer::copy_of(std::as_bytes(std::span(value)))};
  std::string string(credential::oem_string_length(binary.name, value.size()), '\0');
  credential::write_oem_string(binary, std::as_writable_bytes(std::span(string)));
  fw_cfg("raw", value);
  smbios(0, structure({string}));
  EXPECT_EQ(import().exit_code, 0);
  EXPECT_EQ(imported("raw"), value);
  EXPECT_EQ(imported("binary"), value);
}

TEST_F(ImportTest, ReadsStructuresBeyondAPageAndInNumericOrder) {
  for (int i = 0; i < 12; ++i)
    smbios(i, structure({text_string("same", std::to_string(i)), text_string("own-" + std::to_string(i), "x"),
                         text_string("large-" + std::to_string(i), std::string(30000, 'x')),
                         text_string("last-" + std::to_string(i), "y")}));
  const auto outcome = import();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(imported("same"), "0");
  EXPECT_EQ(imported("large-11").size(), 30000U);
  EXPECT_EQ(imported("last-11"), "y");
  EXPECT_THAT(outcome.error,
              HasSubstr("SMBIOS structure 11-1, string 1: there is a credential 'same' already"));
}

TEST_F(ImportTest, FwCfgCountsBeforeSmbios) {
  fw_cfg("same", "fw_cfg");
  smbios(0, structure({text_string("same", "smbios")}));
  EXPECT_EQ(import({"--require"}).exit_code, 0);
  EXPECT_EQ(imported("same"), "fw_cfg");
}

TEST_F(ImportTest, SkipsWhatPidOneSkips) {
  fw_cfg("a:b", "canary");
  fw_cfg("large", std::string(credential::k_max_credential_bytes + 1, 'x'));
  fw_cfg("good", "1");
  smbios(0, structure({"io.systemd.credential:canary", "io.systemd.credential.binary:b=canary!",
                       text_string("c", "2")}));
  smbios(1, "cut");
  smbios(2, structure({text_string("d", "3")}));
  const auto outcome = import();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out, StartsWith("c  1 byte\nd  1 byte\ngood  1 byte\n3 credentials in"));
  for (const char* warning :
       {"fw_cfg item 'a:b' is skipped", "fw_cfg item 'large' is skipped: its value: larger than",
        "SMBIOS structure 11-0, string 1 is skipped", "11-0, string 2 is skipped",
        "SMBIOS structure 11-1 is skipped"})
    EXPECT_THAT(outcome.error, HasSubstr(warning));
  EXPECT_THAT(outcome.error, Not(HasSubstr("canary")));
}

TEST_F(ImportTest, RequireMakesASkippedItemAFailure) {
  fw_cfg("a:b", "1");
  fw_cfg("good", "1");
  const auto outcome = import({"--require"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.error, HasSubstr("1 item had to be skipped"));
  EXPECT_TRUE(was_imported("good"));
}

TEST_F(ImportTest, SkipsWhatExceedsTheTotalButTakesSmallerOnes) {
  constexpr std::size_t large = credential::k_max_total_bytes / 3 * 2;
  fw_cfg("1-large", std::string(large, 'x'));
  fw_cfg("2-large", std::string(large, 'x'));
  fw_cfg("3-small", "1");
  const auto outcome = import();
  EXPECT_THAT(outcome.error, HasSubstr("with '2-large' all would have more than 1 MiB"));
  EXPECT_TRUE(was_imported("1-large"));
  EXPECT_FALSE(was_imported("2-large"));
  EXPECT_TRUE(was_imported("3-small"));
}

TEST_F(ImportTest, NoCredentialsAreFineUnlessRequired) {
  const auto outcome = import();
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "(no credentials found)\n");
  EXPECT_FALSE(was_imported(""));
  const auto required = import({"--require"});
  EXPECT_EQ(required.exit_code, 1);
  EXPECT_THAT(required.error, AllOf(HasSubstr("no credential reached this guest"), HasSubstr("hint: ")));
}

TEST_F(ImportTest, HappensOnce) {
  fw_cfg("a", "1");
  EXPECT_EQ(import().exit_code, 0);
  const auto again = import();
  EXPECT_EQ(again.exit_code, 5);
  EXPECT_THAT(again.error, HasSubstr("holds 1 file already"));
}

TEST_F(ImportTest, NeedsSysfs) {
  const auto outcome =
      run_guest({"import", "--sysfs", m_tree.path("absent"), "--directory", m_tree.path("run")});
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_THAT(outcome.error, HasSubstr("mount -t sysfs"));
}

TEST_F(ImportTest, PutsNothingOnADisk) {
  fw_cfg("a", "1");
  std::string directory = "vmcred-guest-test-XXXXXX";  // where the build is, which is rarely in memory
  ASSERT_NE(::mkdtemp(directory.data()), nullptr);
  const base::ScopeExit remove([&] { ::rmdir(directory.c_str()); });
  struct statfs status{};
  ASSERT_EQ(::statfs(directory.c_str(), &status), 0);
  if (status.f_type == TMPFS_MAGIC) GTEST_SKIP() << "this build is in memory";
  const auto outcome =
      run_guest({"import", "--sysfs", m_tree.path("sys"), "--no-mount", "--directory", directory});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_THAT(outcome.error, HasSubstr("is not in memory"));
}

}  // namespace
}  // namespace vmcred::guest
