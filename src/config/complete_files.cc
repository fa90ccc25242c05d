// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.h"
#include "config/decode.h"
#include "config/kind.h"
#include "config/load.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

Location location_of(const TableReader& generator, std::string_view file) {
  const auto& table = std::get<Node::Table>(generator.find("files")->value.value);
  return std::ranges::find(table, file, &Member::key)->key_location;
}

void add_persisted_prompts(const TableReader& reader, Generator& generator) {
  for (const Prompt& prompt : generator.prompts) {
    if (!prompt.persist) continue;
    const GeneratorFile* file = find_file(generator, prompt.name);
    if (file == nullptr) {
      generator.files.emplace_back().name = prompt.name;
    } else if (file->kind) {
      reader.context().findings.add(
          location_of(reader, file->name),
          concat("file ", quoted(file->name),
                 " has a kind, and is the answer to a prompt that persists as well"));
    }
  }
}

void check_source(const TableReader& reader, const Generator& generator, const GeneratorFile& file) {
  const Location location = location_of(reader, file.name);
  const GeneratorFile* source = find_file(generator, file.kind->of);
  Findings& findings = reader.context().findings;
  if (source == nullptr) {
    std::vector<std::string> names;
    for (const GeneratorFile& other : generator.files) names.push_back(other.name);
    findings.add(location,
                 concat("file ", quoted(file.name), " follows from ", quoted(file.kind->of),
                        ", which is no file of ", reader.title(), base::did_you_mean(file.kind->of, names)));
    return;
  }
  const auto source_type = source->kind ? std::optional(source->kind->type) : std::nullopt;
  if (follows_from(file.kind->type, source_type)) return;
  findings.add(location, concat("file ", quoted(file.name), " of kind ", quoted(spelling(file.kind->type)),
                                " can't follow from one of kind ", quoted(spelling(*source_type))));
}

}  // namespace

void complete_files(const TableReader& reader, Generator& generator) {
  add_persisted_prompts(reader, generator);
  for (const GeneratorFile& file : generator.files)
    if (file.kind && !file.kind->of.empty()) check_source(reader, generator, file);
  const Member* files = reader.find("files");
  const bool is_table = files == nullptr || std::holds_alternative<Node::Table>(files->value.value);
  if (generator.files.empty() && is_table)
    reader.report("files", concat(reader.title(), " needs at least one file"), "add 'files.NAME = {}'");
}

}  // namespace vmcred::config
