// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/name_rules.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

constexpr std::string_view k_name_rule =
    " must be lower-case letters, digits, '.', '_' and '-', and begin with a letter or digit";

void check_name(Context& context, std::string_view what, const Member& member) {
  if (!is_store_name(member.key))
    context.findings.add(member.key_location, concat(what, " ", quoted(member.key), k_name_rule));
}

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

GeneratorFile decode_file(Context& context, std::string_view generator, const Member& member) {
  GeneratorFile file{.name = member.key};
  check_name(context, "file name", member);
  const Node::Table* table = expect_table(context, member, "'{}' takes every default");
  if (table == nullptr) return file;
  const TableReader reader(context, *table, member.key_location, k_generator_file_keys,
                           {generator, member.key});
  reader.read_boolean("secret", file.secret);
  reader.read_boolean("deploy", file.deploy);
  read_user(reader, "owner", file.owner);
  read_user(reader, "group", file.group);
  read_mode(reader, file.mode);
  return file;
}

}  // namespace

Generator decode_generator(Context& context, const Member& member) {
  Generator generator;
  generator.name = member.key;
  check_name(context, "generator name", member);
  const Node::Table* table = expect_table(context, member);
  if (table == nullptr) return generator;
  const TableReader reader(context, *table, member.key_location, k_generator_keys, {member.key, {}});
  reader.read_text("script", generator.script);
  reader.read_lines("dependencies", generator.dependencies);
  reader.read_boolean("share", generator.share);
  const Node::Table* files = reader.read_table("files");
  if (files != nullptr)
    for (const Member& file : *files) generator.files.push_back(decode_file(context, member.key, file));
  if (files == nullptr ? !reader.has("files") : files->empty())
    reader.report("files", concat(reader.title(), " needs at least one file"), "add 'files.NAME = {}'");
  return generator;
}

}  // namespace vmcred::config
