// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/name_rules.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

void read_user(const TableReader& reader, std::string_view key, std::string& target) {
  reader.read_line(key, target);
  if (!is_user_name(target))
    reader.report(key, concat(quoted(key), " is not a valid name of a user or group"));
}

// Three octal digits, with or without a zero in front.
void read_mode(const TableReader& reader, unsigned& mode) {
  std::string text;
  reader.read_line("mode", text);
  if (text.empty()) return;
  std::string_view digits = text;
  if (digits.size() == 4 && digits.front() == '0') digits.remove_prefix(1);
  if (digits.size() != 3 || !std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '7'; })) {
    reader.report("mode", "'mode' must be an octal file mode, like \"0400\"");
    return;
  }
  mode = 0;
  for (const char c : digits) mode = mode * 8 + static_cast<unsigned>(c - '0');
}

void read_units(const TableReader& reader, std::vector<std::string>& units) {
  reader.read_lines("restart_units", units);
  for (const std::string& unit : units)
    if (!is_unit_name(unit))
      reader.report("restart_units",
                    concat(quoted(unit), " is not the name of a unit, like 'nginx.service'"));
}

}  // namespace

GeneratorFile decode_generator_file(Context& context, std::string_view generator, const Member& member) {
  GeneratorFile file;
  file.name = member.key;
  const Node::Table* table = expect_table(context, member, "'{}' takes every default");
  if (table == nullptr) return file;
  const TableReader reader(context, *table, member.key_location, k_generator_file_keys,
                           {generator, member.key});
  reader.read_boolean("secret", file.secret);
  reader.read_boolean("deploy", file.deploy);
  read_user(reader, "owner", file.owner);
  read_user(reader, "group", file.group);
  read_mode(reader, file.mode);
  reader.read_choice("needed_for", k_needed_for_spellings, file.needed_for);
  read_units(reader, file.restart_units);
  file.kind = decode_kind(reader);
  return file;
}

}  // namespace vmcred::config
