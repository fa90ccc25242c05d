// SPDX-License-Identifier: Apache-2.0
#include "config/decode.h"

namespace vmcred::config {
namespace {

void read_display(const TableReader& prompt, Prompt::Display& display) {
  const Node::Table* table = prompt.read_table("display");
  if (table == nullptr) return;
  const TableReader reader(prompt.context(), *table, prompt.find("display")->key_location, k_display_keys,
                           prompt.names());
  reader.read_line("label", display.label);
  reader.read_line("group", display.group);
  reader.read_text("helper_text", display.helper_text);
  reader.read_boolean("required", display.required);
}

}  // namespace

Prompt decode_prompt(Context& context, std::string_view generator, const Member& member) {
  Prompt prompt;
  prompt.name = member.key;
  prompt.description = member.key;
  const Node::Table* table = expect_table(context, member, "'{}' takes every default");
  if (table == nullptr) return prompt;
  const TableReader reader(context, *table, member.key_location, k_prompt_keys, {generator, member.key});
  reader.read_line("description", prompt.description);
  reader.read_choice("type", k_prompt_type_spellings, prompt.type);
  reader.read_boolean("persist", prompt.persist);
  read_display(reader, prompt.display);
  return prompt;
}

}  // namespace vmcred::config
