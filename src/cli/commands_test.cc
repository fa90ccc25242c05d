// SPDX-License-Identifier: Apache-2.0
// The table of commands, and what needs no config. test/golden runs the whole program.
#include "cli/commands.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <ranges>
#include <set>

#include "base/text.h"
#include "credential/oem_string.h"
#include "smbios/type11.h"
#include "support/machine.h"
#include "support/streams.h"

namespace vmcred::cli {
namespace {

using test_support::run_program;
using testing::HasSubstr;
using testing::Not;

TEST(CommandTableTest, EveryRowReadsWell) {
  std::set<std::string_view> names;
  for (const auto* row : command::commands_of(program())) {
    const auto& command = *row;
    SCOPED_TRACE(command.name);
    EXPECT_TRUE(names.insert(command.name).second) << "twice";
    EXPECT_LE(std::ranges::count(command.name, ' '), 2);
    EXPECT_NE(command.handler, nullptr);
    EXPECT_TRUE(!command.summary.empty() && command.summary.front() >= 'A' && command.summary.front() <= 'Z');
    EXPECT_FALSE(command.summary.ends_with('.')) << "help adds it";
    std::set<std::string_view> options;
    for (const auto& option : command.options) {
      SCOPED_TRACE(option.name);
      EXPECT_TRUE(options.insert(option.name).second) << "twice";
      EXPECT_TRUE(option.name.starts_with("--") && option.name.find('=') == std::string_view::npos);
      EXPECT_FALSE(option.summary.empty() || option.summary.ends_with('.'));
    }
  }
}

TEST(CommandTableTest, EveryCommandHasHelpThatNamesItsOptions) {
  for (const auto* row : command::commands_of(program())) {
    const auto& command = *row;
    std::vector<std::string_view> words;
    for (const auto word : std::views::split(command.name, ' ')) words.emplace_back(word.begin(), word.end());
    words.emplace_back("--help");
    const auto help = run_program(program(), words);
    EXPECT_EQ(help.exit_code, 0) << command.name;
    EXPECT_THAT(help.out, HasSubstr(base::concat("Usage: vmcred ", command.name)));
    for (const auto& option : command.options) EXPECT_THAT(help.out, HasSubstr(std::string(option.name)));
    EXPECT_THAT(run_program(program(), {"--help"}).out, HasSubstr(std::string(command.summary)));
  }
}

std::string table_with(const std::vector<std::string>& strings) {
  std::size_t bytes = 0;
  for (const auto& string : strings) bytes += string.size();
  std::string table(smbios::oem_structure_size(strings.size(), bytes), '\0');
  smbios::OemStructureWriter writer(1, std::as_writable_bytes(std::span(table)));
  for (const auto& string : strings)
    std::ranges::copy(test_support::bytes_of(string), writer.next_string(string.size()).begin());
  EXPECT_EQ(writer.finish(), table.size());
  return table;
}

std::string oem_string(std::string_view name, std::string_view value) {
  const auto credential = test_support::credential_of(name, value);
  std::string text(credential::oem_string_length(credential.name, value.size()), '\0');
  credential::write_oem_string(credential, std::as_writable_bytes(std::span(text)));
  return text;
}

class SmbiosDecodeTest : public testing::Test {
 protected:
  test_support::ProgramOutcome decode(const std::string& table, bool json = false) const {
    const std::string path = m_tree.write("table", table);
    std::vector<std::string_view> words = {"smbios", "decode", "--file", path};
    if (json) words.emplace_back("--json");
    return run_program(program(), words);
  }

  test_support::TemporaryDirectory m_tree;
  std::string m_table =
      table_with({oem_string("API_KEY", "canary-value"), "io.systemd.credential:PLAIN=canary",
                  "io.systemd.credential:canary-without-equals", "somebody else's canary"});
};

TEST_F(SmbiosDecodeTest, ListsNamesAndSizesAndNoValues) {
  const auto text = decode(m_table);
  EXPECT_EQ(text.exit_code, 0) << text.error;
  EXPECT_EQ(text.out,
            "API_KEY  12 bytes\nPLAIN  6 bytes\n1 string that systemd would skip\n1 other OEM string\n");
  const auto json = decode(m_table, true);
  const auto shown = nlohmann::json::parse(json.out, nullptr, false);
  ASSERT_TRUE(shown.is_object()) << json.out;
  EXPECT_EQ(shown["credentials"],
            nlohmann::json::parse(R"([{"name":"API_KEY","size":12},{"name":"PLAIN","size":6}])"));
  EXPECT_EQ(shown["refused"], 1);
  EXPECT_EQ(shown["other_strings"], 1);
  for (const auto& outcome : {text, json}) EXPECT_THAT(outcome.out + outcome.error, Not(HasSubstr("canary")));
}

TEST_F(SmbiosDecodeTest, AnEmptyTableSaysSo) {
  const auto outcome = decode("");
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_EQ(outcome.out, "(no credentials found)\n");  // R29
}

TEST_F(SmbiosDecodeTest, ACutTableIsAnErrorThatShowsNothingOfIt) {
  const auto outcome = decode(m_table.substr(0, m_table.size() - 2));
  EXPECT_EQ(outcome.exit_code, 4);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.error, Not(HasSubstr("canary")));
}

TEST(VmStopTest, ATimeoutThatIsNoNumberOfSecondsIsAUsageError) {
  for (const auto* timeout : {"", "x", "-1", "1.5", "5s", " 5", "3601", "99999999999999999999"}) {
    const auto outcome = run_program(program(), {"vm", "stop", "x", "--timeout", timeout});
    EXPECT_EQ(outcome.exit_code, 2) << timeout;
    EXPECT_THAT(outcome.error, HasSubstr("--timeout takes whole seconds from 0 to 3600"));
  }
}

}  // namespace
}  // namespace vmcred::cli
