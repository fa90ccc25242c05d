// SPDX-License-Identifier: Apache-2.0
// The command lines of all runners of microvm.nix. testdata/NAME.argv has one: the hypervisor's name, and
// then an argument a line, without the program; NAME.plan has what becomes of it.
#include "shim/rewrite.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "support/bytes.h"
#include "support/machine.h"

namespace vmcred::shim {
namespace {

using base::concat;
using test_support::bytes_of;
using test_support::credential_of;
using test_support::text_of;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::UnorderedElementsAre;
using vmm::PlannedFile;
using Words = std::vector<std::string>;

const std::string k_directory = VMCRED_SOURCE_DIR "/src/shim/testdata/";
const std::string k_api_key(44, 'a');
const std::string k_db_password(44, 'b');
const std::string k_jwt_secret(88, 'c');

// R13's three, as LoadCredential= hands them over.
credential::CredentialSet unit_credentials() {
  credential::CredentialSet set;
  set.push_back(credential_of("API_KEY", k_api_key));
  set.push_back(credential_of("DB_PASSWORD", k_db_password));
  set.push_back(credential_of("JWT_SECRET", k_jwt_secret));
  return set;
}

Words lines_of(const std::string& text) {
  Words lines;
  for (std::size_t start = 0; start < text.size();) {
    const auto end = text.find('\n', start);
    lines.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  return lines;
}

base::Result<Rewritten> rewrite_words(std::string_view hypervisor, const Words& words,
                                      credential::CredentialSet of_unit, bool always_initrd = false) {
  const auto dialect = find_dialect(hypervisor);
  EXPECT_TRUE(dialect);
  return rewrite(
      {.dialect = **dialect,
       .words = words,
       .of_unit = std::move(of_unit),
       .always_initrd = always_initrd,
       .read_text =
           [](const std::string& path) { return base::read_text_file(k_directory + path, 64 * 1024); },
       .read_secret =
           [](const std::string& path) {
             return secret::SecretBuffer::copy_of(bytes_of(concat("content of ", path)));
           }});
}

std::string names_of(const PlannedFile& file, const Rewritten& rewritten) {
  Words names;
  for (const auto i : file.credentials) names.push_back(rewritten.outlines[i].name.text());
  return base::join(names, " ");
}

std::string file_text(const PlannedFile& file, const Rewritten& rewritten) {
  switch (file.content) {
    case PlannedFile::Content::credential:
      return concat("<value: ", names_of(file, rewritten), ">");
    case PlannedFile::Content::oem_structure:
      return concat("<structure ", file.smbios_handle, ", ", file.size, " bytes: ", names_of(file, rewritten),
                    ">");
    case PlannedFile::Content::initrd:
      return concat("<", file.initrd, " and, before ", file.next_init, ": ", names_of(file, rewritten), ">");
    case PlannedFile::Content::document:
      break;
  }
  std::string text = "<";
  for (const auto& piece : file.document)
    text += piece.value == vmm::BodyPiece::Value::file
                ? concat(piece.text, file_text(rewritten.plan.files[piece.index], rewritten))
                : piece.text;
  return text + ">";
}

// One line an argument; a file's place shows what the file is.
std::string plan_text(const Rewritten& rewritten) {
  std::string text;
  for (const auto& argument : rewritten.plan.arguments)
    text += concat(argument.text,
                   argument.file ? file_text(rewritten.plan.files[*argument.file], rewritten) : "", "\n");
  text += "\n";
  for (const auto& outline : rewritten.outlines)
    text += concat(outline.name.text(), ", ", outline.size, " bytes\n");
  for (const auto& seen : rewritten.seen) text += concat(seen.name.text(), ", seen in ", seen.place, "\n");
  return text;
}

Words texts_of(const Rewritten& rewritten) {
  Words texts;
  for (const auto& argument : rewritten.plan.arguments) texts.push_back(argument.text);
  return texts;
}

std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(k_directory))
    if (entry.path().extension() == ".argv") names.push_back(entry.path().stem());
  std::ranges::sort(names);
  return names;
}

class RunnerTest : public testing::TestWithParam<std::string> {
 protected:
  static Words argv() {
    return lines_of(*base::read_text_file(concat(k_directory, GetParam(), ".argv"), 64 * 1024));
  }

  static base::Result<Rewritten> rewrite_golden() {
    const Words lines = argv();
    return rewrite_words(lines.front(), {lines.begin() + 1, lines.end()}, unit_credentials());
  }
};

// R13-R16, W16: what becomes of the command line of each runner.
TEST_P(RunnerTest, ThePlanIsTheGoldenOne) {
  const auto rewritten = rewrite_golden();
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  const std::string path = concat(k_directory, GetParam(), ".plan");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::write_text_file_atomically(path, plan_text(*rewritten), 0644));
  }
  const auto golden = base::read_text_file(path, 64 * 1024);
  ASSERT_TRUE(golden) << golden.error().what << "; UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(plan_text(*rewritten), *golden) << "UPDATE_GOLDEN=1 rewrites it";
}

// W1, W2: what everybody can see.
TEST_P(RunnerTest, NoValueIsLeftOnTheCommandLine) {
  const auto rewritten = rewrite_golden();
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  const std::string text = plan_text(*rewritten);
  for (const auto& credential : rewritten->set) {
    if (credential.value.size() < 8) continue;  // "test" is a part of "test-vm"
    EXPECT_THAT(text, Not(HasSubstr(text_of(credential.value.bytes())))) << credential.name.text();
  }
  EXPECT_THAT(text, Not(HasSubstr("=test\n")));
}

// W16: each credential crosses, and once.
TEST_P(RunnerTest, EachCredentialIsInOneFile) {
  const auto rewritten = rewrite_golden();
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  std::vector<std::size_t> planned;
  for (const auto& file : rewritten->plan.files)
    planned.insert(planned.end(), file.credentials.begin(), file.credentials.end());
  std::ranges::sort(planned);
  std::vector<std::size_t> all(rewritten->set.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  EXPECT_EQ(planned, all);
}

// Nobody has to start a VM with a shim who has no credential.
TEST_P(RunnerTest, WithoutAnyCredentialTheWordsStayAsTheyAre) {
  const Words lines = argv();
  const Words words(lines.begin() + 1, lines.end());
  const auto rewritten = rewrite_words(lines.front(), words, {});
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  if (!rewritten->set.empty()) return;
  EXPECT_EQ(texts_of(*rewritten), words);
}

std::string test_name(const testing::TestParamInfo<std::string>& parameter) {
  std::string name = parameter.param;
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(MicrovmNix, RunnerTest, testing::ValuesIn(golden_names()), test_name);

std::vector<std::string> names(const Rewritten& rewritten) {
  Words found;
  for (const auto& outline : rewritten.outlines) found.push_back(outline.name.text());
  return found;
}

Words words_of_golden(std::string_view name) {
  Words lines = lines_of(*base::read_text_file(concat(k_directory, name, ".argv"), 64 * 1024));
  lines.erase(lines.begin());
  return lines;
}

// R13, R14, W13: all five arrive, and the address for notifications; the fork's own way loses two.
TEST(RewriteTest, TheForksFiveCredentialsAllCross) {
  const auto rewritten = rewrite_words("cloud-hypervisor", words_of_golden("cloud-hypervisor-fork"), {});
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  EXPECT_THAT(names(*rewritten), UnorderedElementsAre("API_KEY", "DB_PASSWORD", "JWT_SECRET", "ENVIRONMENT",
                                                      "CLUSTER", "vmm.notify_socket"));
}

TEST(RewriteTest, TwoValuesOfOneNameAreAnErrorThatShowsNeither) {
  credential::CredentialSet set;
  set.push_back(credential_of("API_KEY", "another value"));
  const auto rewritten =
      rewrite_words("cloud-hypervisor", words_of_golden("cloud-hypervisor-fork"), std::move(set));
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().kind, base::ErrorKind::credential);
  EXPECT_EQ(rewritten.error().what,
            "credential 'API_KEY' has one value in the unit's credentials and another in --platform");
}

TEST(RewriteTest, ACommandLineWithoutAnInitrdIsRefused) {
  for (const char* hypervisor :
       {"cloud-hypervisor", "firecracker", "crosvm", "kvmtool", "stratovirt", "alioth", "vfkit"}) {
    const auto rewritten = rewrite_words(hypervisor, {"run", "--memory", "x"}, unit_credentials());
    ASSERT_FALSE(rewritten) << hypervisor;
    EXPECT_EQ(rewritten.error().kind, base::ErrorKind::usage);
    EXPECT_THAT(rewritten.error().what, HasSubstr("has no "));
  }
}

TEST(RewriteTest, TwoInitrdsAreRefused) {
  const auto rewritten = rewrite_words("crosvm", {"run", "-i", "a", "--initrd=b"}, unit_credentials());
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().what, "the command line of crosvm has --initrd twice");
}

TEST(RewriteTest, KernelParametersAreAddedWhereThereAreNone) {
  const auto rewritten = rewrite_words("kvmtool", {"run", "--initrd=/i", "-k", "/k"}, unit_credentials());
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  EXPECT_THAT(texts_of(*rewritten),
              ElementsAre("run", "--params", "rdinit=/.vmcred/init", "--initrd=", "-k", "/k"));
  EXPECT_EQ(rewritten->plan.arguments[3].file, 0);
}

// crosvm joins all -p, the others take the last.
TEST(RewriteTest, OfSeveralKernelParametersTheInitIsExchangedWhereTheHypervisorReadsIt) {
  const Words words = {"run", "-p", "rdinit=/one quiet", "-p", "rdinit=/two debug", "-i", "/i"};
  const auto joined = rewrite_words("crosvm", words, unit_credentials());
  ASSERT_TRUE(joined) << joined.error().what;
  EXPECT_THAT(texts_of(*joined),
              ElementsAre("run", "-p", "rdinit=/.vmcred/init quiet", "-p", "debug", "-i", ""));
  EXPECT_EQ(joined->plan.files[0].next_init, "/two");
  const auto last = rewrite_words("kvmtool", words, unit_credentials());
  ASSERT_TRUE(last) << last.error().what;
  EXPECT_THAT(texts_of(*last),
              ElementsAre("run", "-p", "rdinit=/one quiet", "-p", "rdinit=/.vmcred/init debug", "-i", ""));
}

TEST(RewriteTest, WhatNoCredentialIsInStaysAsItIs) {
  const struct {
    const char* hypervisor;
    Words words;
  } rows[] = {{"vfkit", {"--bootloader", "efi,variable-store=/v,create"}},
              {"vfkit", {"--bootloader", "linux,kernel=/k,,cmdline=\"quiet\""}},
              {"vfkit", {"--kernel", "/k"}},
              {"cloud-hypervisor", {"--platform", "uuid=x,,", "--platform", "num_pci_segments=1"}}};
  for (const auto& row : rows) {
    const auto rewritten = rewrite_words(row.hypervisor, row.words, {});
    ASSERT_TRUE(rewritten) << rewritten.error().what;
    EXPECT_EQ(texts_of(*rewritten), row.words);
  }
}

TEST(RewriteTest, ACredentialInAnUnknownPlaceIsRefusedAndNotShown) {
  const struct {
    const char* hypervisor;
    Words words;
  } rows[] = {
      {"crosvm", {"run", "-i", "/i", "--oem-strings", "io.systemd.credential:K=hunter2"}},
      {"crosvm", {"run", "-i", "/i", "--smbios", "oem-strings=[io.systemd.credential.binary:K=hunter2]"}},
      {"alioth", {"run", "-i", "/i", "--fw-cfg", "name=opt/io.systemd.credentials/K,string=hunter2"}},
      {"stratovirt", {"-initrd", "/i", "-append", "quiet", "systemd.set_credential=K:hunter2"}},
      {"cloud-hypervisor",
       {"--initramfs", "/i", "--platform", "oem_strings=[\"io.systemd.credential:K=hunter2\"]"}},
      {"cloud-hypervisor", {"--initramfs", "/i", "--cmdline", "rd.systemd.set-credential=K:hunter2"}},
  };
  for (const auto& row : rows) {
    const auto rewritten = rewrite_words(row.hypervisor, row.words, unit_credentials());
    ASSERT_FALSE(rewritten) << row.words.back();
    EXPECT_EQ(rewritten.error().kind, base::ErrorKind::refused);
    EXPECT_THAT(rewritten.error().what, Not(HasSubstr("hunter2")));
  }
}

// W26: a comma, a bracket or a quote in a secret breaks the option apart.
TEST(RewriteTest, ASecretThatBreaksThePlatformOptionIsRefusedAndNotShown) {
  for (const char* platform :
       {"oem_strings=[io.systemd.credential:K=x,hunter2]", "oem_strings=[io.systemd.credential:K=hunter2]x]",
        "oem_strings=[io.systemd.credential:K=x\"hunter2]", "oem_strings=io.systemd.credential:K=x,hunter2",
        "oem_strings=io.systemd.credential:K=x,Hunter2=y", "oem_strings=[io.systemd.credential:hunter2]",
        "oem_strings=[io.systemd.credential.binary:K=hunter2!]"}) {
    const auto rewritten =
        rewrite_words("cloud-hypervisor", {"--initramfs", "/i", "--platform", platform}, unit_credentials());
    ASSERT_FALSE(rewritten) << platform;
    EXPECT_THAT(rewritten.error().what, Not(HasSubstr("unter2"))) << platform;
  }
}

TEST(RewriteTest, BinaryAndOtherOemStringsMayFollowEachOther) {
  const auto rewritten = rewrite_words(
      "cloud-hypervisor",
      {"--initramfs=/i",
       "--platform=oem_strings=[io.systemd.credential.binary:K=AA==,other,io.systemd.credential:"
       "T=a=b:c,io.systemd.boot.timeout=0],uuid=x"},
      {});
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  EXPECT_THAT(names(*rewritten), ElementsAre("K", "T"));
  EXPECT_EQ(text_of(rewritten->set[0].value.bytes()), std::string(1, '\0'));
  EXPECT_EQ(text_of(rewritten->set[1].value.bytes()), "a=b:c");
  EXPECT_EQ(rewritten->plan.arguments[3].text,
            "--platform=uuid=x,oem_strings=[other,io.systemd.boot.timeout=0]");
}

TEST(RewriteTest, TwoPlatformsThatContradictEachOtherAreRefused) {
  const auto rewritten = rewrite_words(
      "cloud-hypervisor", {"--platform", "num_pci_segments=1", "--platform", "num_pci_segments=2"}, {});
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().what, "--platform has two values of 'num_pci_segments'");
}

TEST(RewriteTest, QemuFallsBackToTheInitrdWhereTheSetIsTooLarge) {
  credential::CredentialSet set;
  for (int i = 0; i < 3; ++i)
    set.push_back(credential_of(concat("a-name-of-more-than-28-bytes-", i), std::string(30'000, 'x')));
  const auto rewritten = rewrite_words("qemu", words_of_golden("qemu-full"), std::move(set));
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  ASSERT_EQ(rewritten->plan.files.size(), 1);
  EXPECT_EQ(rewritten->plan.files[0].content, PlannedFile::Content::initrd);
}

TEST(RewriteTest, QemuSaysBothReasonsWhereThereIsNoInitrdEither) {
  const auto rewritten = rewrite_words("qemu", {"-M", "virt", "-kernel", "/k"}, unit_credentials());
  ASSERT_FALSE(rewritten);
  EXPECT_THAT(rewritten.error().what, HasSubstr("has no -initrd"));
  ASSERT_EQ(rewritten.error().others.size(), 1);
  EXPECT_THAT(rewritten.error().others[0].what, HasSubstr("is not known to carry"));
}

TEST(RewriteTest, QemuCarriesWhatItWouldHaveReadItselfAlongInTheInitrd) {
  const auto rewritten =
      rewrite_words("qemu", words_of_golden("qemu-credential-files"), unit_credentials(), true);
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  EXPECT_THAT(names(*rewritten), ElementsAre("API_KEY", "DB_PASSWORD", "JWT_SECRET", "TLS_KEY"));
  EXPECT_EQ(text_of(rewritten->set.back().value.bytes()), "content of /run/secrets/tls.key");
}

TEST(RewriteTest, QemusOwnFileAndAnotherCredentialOfItsNameAreRefused) {
  credential::CredentialSet set;
  set.push_back(credential_of("TLS_KEY", "x"));
  const auto rewritten = rewrite_words("qemu", words_of_golden("qemu-credential-files"), std::move(set));
  ASSERT_FALSE(rewritten);
  EXPECT_EQ(rewritten.error().what,
            "credential 'TLS_KEY' comes from /run/secrets/tls.key (-fw_cfg) and from elsewhere");
}

TEST(RewriteTest, QemuWithoutAcpiHasNoFwCfgForTheGuest) {
  const auto rewritten =
      rewrite_words("qemu", {"-M", "microvm,acpi=off", "-initrd", "/i"}, unit_credentials());
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  EXPECT_EQ(rewritten->plan.files[0].content, PlannedFile::Content::initrd);
}

TEST(RewriteTest, ItemsOfTheCommandLineCountForTheSlots) {
  Words words = {"-M", "microvm", "-initrd", "/i"};
  for (int i = 0; i < 21; ++i) {
    words.emplace_back("-fw_cfg");
    words.push_back(concat("opt/org.example/", i, ",string=x"));
  }
  const auto rewritten = rewrite_words("qemu", words, unit_credentials());
  ASSERT_TRUE(rewritten) << rewritten.error().what;
  EXPECT_THAT(plan_text(*rewritten), HasSubstr("-global\nfw_cfg_io.x-file-slots=56\n"));
}

TEST(RewriteTest, FirecrackersConfigMustBeOne) {
  for (const Words& words :
       {Words{"--config-file", "no-such-file.json"}, Words{"--config-file", "crosvm-minimal.argv"},
        Words{"--config-file", "a", "--config-file", "b"}})
    EXPECT_FALSE(rewrite_words("firecracker", words, unit_credentials()));
}

}  // namespace
}  // namespace vmcred::shim
