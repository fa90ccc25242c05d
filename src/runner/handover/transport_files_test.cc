// SPDX-License-Identifier: Apache-2.0
#include "runner/handover/transport_files.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "credential/oem_string.h"
#include "runner/launch.h"
#include "smbios/type11.h"
#include "support/child.h"
#include "support/machine.h"
#include "support/temporary_directory.h"
#include "vmm/qemu.h"

namespace vmcred::runner {
namespace {

using base::concat;
using config::Machine;
using test_support::bytes_of;
using test_support::credential_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using vmm::PlannedFile;

credential::CredentialSet awkward_set() {
  credential::CredentialSet set;
  set.push_back(credential_of("EVERY_BYTE", test_support::all_bytes()));
  set.push_back(credential_of("EMPTY", ""));
  set.push_back(credential_of("OPTION_SYNTAX", "a,b=c]\"[',,\n"));
  set.push_back(credential_of("LARGE", std::string(30'000, '\0')));
  set.push_back(credential_of("a, b", "spaces and commas in the name"));
  return set;
}

vmm::LaunchPlan plan_for(Machine machine, const credential::CredentialSet& set) {
  std::vector<vmm::CredentialOutline> outlines;
  for (const auto& one : set) outlines.push_back({.name = one.name, .size = one.value.size()});
  return *vmm::plan_qemu(test_support::machine(machine), outlines,
                         {.program = "/usr/bin/qemu", .runtime_directory = "/run/x", .kvm = true});
}

std::vector<credential::Credential> credentials_in(const std::string& table) {
  std::vector<credential::Credential> found;
  const auto structures = smbios::read_table(bytes_of(table));
  EXPECT_TRUE(structures) << structures.error().what;
  for (const auto& structure : *structures)
    for (const auto string : structure.strings) {
      auto read = credential::read_oem_string(string);
      EXPECT_TRUE(read && read->has_value());
      found.push_back(**std::move(read));
    }
  return found;
}

TEST(MakeTransportFilesTest, EachHoldsExactlyItsCredentials) {
  for (const Machine machine : {Machine::q35, Machine::pc, Machine::microvm}) {
    const auto set = awkward_set();
    const auto plan = plan_for(machine, set);
    const auto files = make_transport_files(plan, set);
    ASSERT_TRUE(files) << files.error().what;
    ASSERT_THAT(*files, SizeIs(plan.files.size()));
    std::size_t checked = 0;
    for (std::size_t i = 0; i < plan.files.size(); ++i) {
      const auto& planned = plan.files[i];
      const std::string content = test_support::read_descriptor((*files)[i].get());
      ASSERT_EQ(content.size(), planned.size);
      if (planned.content == PlannedFile::Content::credential) {
        EXPECT_TRUE(set[planned.credentials.front()].value.equals(bytes_of(content)));
        ++checked;
        continue;
      }
      EXPECT_EQ(smbios::read_structure(bytes_of(content))->handle, planned.smbios_handle);
      const auto found = credentials_in(content);
      ASSERT_THAT(found, SizeIs(planned.credentials.size()));
      for (std::size_t k = 0; k < found.size(); ++k) {
        EXPECT_EQ(found[k].name, set[planned.credentials[k]].name);
        EXPECT_TRUE(found[k].value.equals(set[planned.credentials[k]].value.bytes())) << found[k].name.text();
        ++checked;
      }
    }
    EXPECT_EQ(checked, set.size());
  }
}

TEST(MakeTransportFilesTest, TheyCanNotBeChangedAndTheirNameTellsNothing) {
  credential::CredentialSet set;
  set.push_back(credential_of("API_KEY", "value"));
  const auto files = make_transport_files(plan_for(Machine::microvm, set), set);
  ASSERT_TRUE(files);
  ASSERT_THAT(*files, SizeIs(1));
  const int fd = files->front().get();
  EXPECT_EQ(::fcntl(fd, F_GET_SEALS), F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
  char target[256] = {};
  ASSERT_GT(::readlink(concat("/proc/self/fd/", fd).c_str(), target, sizeof target - 1), 0);
  EXPECT_STREQ(target, "/memfd:vmcred (deleted)");
}

TEST(ArgumentListTest, DescriptorsTakeTheFilesPlaces) {
  vmm::LaunchPlan plan;
  plan.program = "/usr/bin/qemu";
  plan.arguments = {
      {.text = "-a"}, {.text = "file=", .file = 1}, {.text = "name=x,file=", .file = 0}, {.text = "-z"}};
  std::vector<base::UniqueFd> files;
  files.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  files.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  EXPECT_THAT(argument_list(plan, files, {}),
              ElementsAre("/usr/bin/qemu", "-a", concat("file=/dev/fd/", files[1].get()),
                          concat("name=x,file=/dev/fd/", files[0].get()), "-z"));
}

// The VMM's place is taken by a program that shows what a VMM would find.
class StartTest : public testing::Test {
 protected:
  static std::string shown_by(const std::string& program, std::vector<vmm::Argument> arguments) {
    const auto outcome = test_support::in_child([&]() -> std::string {
      ::setenv("VMCRED_TEST_TOKEN", "environment-canary", 1);
      PreparedStart prepared;
      prepared.set.push_back(credential_of("API_KEY", "the value"));
      prepared.plan.program = program;
      prepared.plan.arguments = arguments;
      prepared.plan.files = {{.content = PlannedFile::Content::credential, .credentials = {0}, .size = 9}};
      return start(prepared).what;
    });
    EXPECT_TRUE(outcome.exited_with(0));
    return outcome.text;
  }
};

TEST_F(StartTest, TheVmmReadsTheFileThatItsArgumentsName) {
  EXPECT_EQ(shown_by("/bin/cat", {{.text = "", .file = 0}}), "the value");
}

TEST_F(StartTest, TheVmmGetsNothingOfOurEnvironment) {
  const std::string environment = shown_by("/bin/cat", {{.text = "/proc/self/environ"}});
  EXPECT_THAT(environment, testing::Not(HasSubstr("canary")));
  EXPECT_THAT(environment, testing::StartsWith("PATH="));
  EXPECT_EQ(std::ranges::count(environment, '\0'), 2);
}

TEST_F(StartTest, TheVmmsCommandLineHoldsNoSecret) {
  const std::string line = shown_by("/bin/cat", {{.text = "/proc/self/cmdline"}, {.text = "", .file = 0}});
  const auto shown = line.substr(0, line.size() - std::string("the value").size());
  EXPECT_EQ(shown.substr(0, 28), std::string("/bin/cat\0/proc/self/cmdline\0", 28));
  EXPECT_THAT(shown, testing::Not(HasSubstr("value")));
}

TEST_F(StartTest, AProgramThatCanNotBeRunIsAnError) {
  EXPECT_EQ(shown_by("/nonexistent/qemu", {}), "/nonexistent/qemu: no such file or directory");
}

TEST(MakeTransportFilesTest, ADocumentNamesTheFilesBeforeIt) {
  credential::CredentialSet set;
  set.push_back(test_support::credential_of("API_KEY", "the value"));
  vmm::LaunchPlan plan;
  plan.files.push_back({.content = PlannedFile::Content::credential, .credentials = {0}, .size = 9});
  plan.files.push_back(
      {.content = PlannedFile::Content::document,
       .credentials = {},
       .size = 0,
       .document = {{.text = "{\"path\":\"", .value = vmm::BodyPiece::Value::file, .index = 0},
                    {.text = "\"}"}}});
  const auto files = make_transport_files(plan, set);
  ASSERT_TRUE(files) << files.error().what;
  EXPECT_EQ(test_support::read_descriptor((*files)[0].get()), "the value");
  EXPECT_EQ(test_support::read_descriptor((*files)[1].get()),
            base::concat("{\"path\":\"/dev/fd/", (*files)[0].get(), "\"}"));
}

}  // namespace
}  // namespace vmcred::runner
