// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/text.h"
#include "cli/commands.h"
#include "command/output.h"
#include "credential/oem_string.h"
#include "smbios/type11.h"

namespace vmcred::cli {
namespace {

using base::concat;
using base::Result;
using nlohmann::ordered_json;

constexpr std::string_view k_running_machine = "/sys/firmware/dmi/tables/DMI";
constexpr std::size_t k_largest_table_bytes = 1024UL * 1024;

// The table holds secrets on a guest, so it goes to locked memory. sysfs files tell no useful size.
Result<secret::SecretBuffer> read_table_file(const std::string& path) {
  VMCRED_TRY_ASSIGN(const base::UniqueFd file, base::open_file(path, O_RDONLY));
  VMCRED_TRY_ASSIGN(secret::SecretBuffer table, secret::SecretBuffer::zeroed(k_largest_table_bytes));
  VMCRED_TRY_ASSIGN(const std::size_t size, base::read_up_to(file.get(), table.writable_bytes(), path));
  table.truncate(size);
  return table;
}

struct Listed {
  std::string name;
  std::size_t size;
};

struct Contents {
  std::vector<Listed> credentials;
  std::size_t refused = 0;  // strings that are meant for systemd, but that it would skip
  std::size_t other_strings = 0;
};

Result<Contents> list_contents(const secret::SecretBuffer& table) {
  VMCRED_TRY_ASSIGN(const auto structures, smbios::read_table(table.bytes()));
  Contents contents;
  for (const auto& structure : structures) {
    if (structure.type != smbios::k_type_oem_strings) continue;
    for (const auto string : structure.strings) {
      const auto credential = credential::read_oem_string(string);
      if (!credential)
        ++contents.refused;
      else if (!*credential)
        ++contents.other_strings;
      else
        contents.credentials.push_back({(*credential)->name.text(), (*credential)->value.size()});
    }
  }
  return contents;
}

std::string as_json(const Contents& contents) {
  ordered_json shown = {{"credentials", ordered_json::array()},
                        {"refused", contents.refused},
                        {"other_strings", contents.other_strings}};
  for (const auto& listed : contents.credentials)
    shown["credentials"].push_back({{"name", listed.name}, {"size", listed.size}});
  return shown.dump(2) + "\n";
}

std::string as_text(const Contents& contents) {
  std::string text;
  for (const auto& listed : contents.credentials)
    text += concat(listed.name, "  ", base::byte_count(listed.size), "\n");
  if (contents.credentials.empty()) text = "(no credentials found)\n";
  if (contents.refused > 0)
    text += concat(base::counted(contents.refused, "string"), " that systemd would skip\n");
  if (contents.other_strings > 0)
    text += concat(base::counted(contents.other_strings, "other OEM string"), "\n");
  return text;
}

}  // namespace

Result<void> run_smbios_decode(const command::Arguments& arguments, const command::Streams& streams) {
  const std::string path = arguments.value("--file").value_or(std::string(k_running_machine));
  VMCRED_TRY_ASSIGN(const secret::SecretBuffer table, read_table_file(path));
  VMCRED_TRY_ASSIGN(const Contents contents, list_contents(table));
  return command::print(streams, arguments.has("--json") ? as_json(contents) : as_text(contents));
}

}  // namespace vmcred::cli
