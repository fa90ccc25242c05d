// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/canonical_json.h"
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

// Folders by their full path, programs by their bare name.
void read_runtime_inputs(const TableReader& reader, std::vector<std::string>& inputs) {
  reader.read_lines("runtime_inputs", inputs);
  for (const std::string& input : inputs)
    if (input.empty() || (!input.starts_with('/') && input.find('/') != std::string::npos))
      reader.report("runtime_inputs",
                    concat(quoted(input), " is neither an absolute folder nor the bare name of a program"));
}

void read_machines(const TableReader& reader, std::vector<std::string>& machines) {
  reader.read_lines("machines", machines);
  for (const std::string& machine : machines)
    if (!is_machine_name(machine))
      reader.report("machines", concat(quoted(machine), " is not a valid name of a machine"));
}

void read_validation(const TableReader& reader, std::optional<std::string>& validation) {
  const Member* member = reader.find("validation");
  if (member == nullptr) return;
  validation = canonical_json(member->value);
  if (!validation)
    reader.report(
        "validation",
        "'validation' must be a boolean, a whole number, a string, or tables of those (at most two in "
        "each other) and arrays of those");
}

void read_prompts_and_files(const TableReader& reader, Context& context, Generator& generator) {
  if (const Node::Table* prompts = reader.read_table("prompts"))
    for (const Member& prompt : *prompts) {
      check_name(context, "prompt name", prompt);
      generator.prompts.push_back(decode_prompt(context, generator.name, prompt));
    }
  if (const Node::Table* files = reader.read_table("files"))
    for (const Member& file : *files) {
      check_name(context, "file name", file);
      generator.files.push_back(decode_generator_file(context, generator.name, file));
    }
  complete_files(reader, generator);
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
  reader.read_boolean("validate_script", generator.validate_script);
  read_runtime_inputs(reader, generator.runtime_inputs);
  read_machines(reader, generator.machines);
  read_validation(reader, generator.validation);
  read_prompts_and_files(reader, context, generator);
  return generator;
}

}  // namespace vmcred::config
