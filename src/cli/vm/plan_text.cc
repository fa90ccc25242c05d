// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/plan_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "runner/identity.h"

namespace vmcred::cli {
namespace {

using base::concat;
using nlohmann::ordered_json;
using runner::PreparedStart;
using vmm::PlannedFile;

std::string_view transport_of(const PlannedFile& file) {
  if (file.content == PlannedFile::Content::initrd) return "initrd";
  return file.content == PlannedFile::Content::oem_structure ? "smbios" : "fw_cfg";
}

std::string contents_of(const PlannedFile& file, const PreparedStart& prepared);

std::string document_of(const PlannedFile& file, const PreparedStart& prepared) {
  std::string text;
  for (const auto& piece : file.document) {
    text += piece.text;
    if (piece.value == vmm::BodyPiece::Value::file)
      text += contents_of(prepared.plan.files[piece.index], prepared);
  }
  return text;
}

// "<API_KEY: 44 bytes, DB_PASSWORD: 44 bytes>", where the descriptor's path will be.
std::string contents_of(const PlannedFile& file, const PreparedStart& prepared) {
  if (file.content == PlannedFile::Content::document) return concat("<", document_of(file, prepared), ">");
  std::vector<std::string> parts;
  if (file.content == PlannedFile::Content::initrd) parts.push_back(file.initrd);
  for (const auto i : file.credentials) {
    const auto& outline = prepared.outlines[i];
    parts.push_back(concat(outline.name.text(), ": ", base::byte_count(outline.size)));
  }
  return concat("<", base::join(parts, ", "), ">");
}

std::vector<std::string> shown_arguments(const PreparedStart& prepared) {
  std::vector<std::string> shown;
  for (const auto& argument : prepared.plan.arguments)
    shown.push_back(argument.file
                        ? concat(argument.text, contents_of(prepared.plan.files[*argument.file], prepared))
                        : argument.text);
  return shown;
}

// As a shell would want it, so that the plan can be read as a command line.
std::string shell_word(const std::string& argument) {
  return !argument.empty() && argument.find(' ') == std::string::npos ? argument : concat("'", argument, "'");
}

std::string_view transport_of_credential(std::size_t index, const PreparedStart& prepared) {
  const auto file = std::ranges::find_if(prepared.plan.files, [&](const PlannedFile& candidate) {
    return std::ranges::find(candidate.credentials, index) != candidate.credentials.end();
  });
  return transport_of(*file);
}

}  // namespace

std::string plan_as_text(const config::VirtualMachine& vm, const PreparedStart& prepared) {
  return concat("vm ", vm.name, " as user ", runner::user_name(vm), "\n", launch_as_text(prepared));
}

std::string launch_as_text(const PreparedStart& prepared) {
  std::string text = prepared.plan.program;
  for (const auto& argument : shown_arguments(prepared))
    text += concat(argument.starts_with('-') ? " \\\n  " : " ", shell_word(argument));
  text += "\n\ncredentials\n";
  for (std::size_t i = 0; i < prepared.outlines.size(); ++i)
    text += concat("  ", prepared.outlines[i].name.text(), ", ", base::byte_count(prepared.outlines[i].size),
                   ", by ", transport_of_credential(i, prepared), "\n");
  return text;
}

std::string plan_as_json(const config::VirtualMachine& vm, const PreparedStart& prepared) {
  ordered_json shown = {{"vm", vm.name},
                        {"user", runner::user_name(vm)},
                        {"program", prepared.plan.program},
                        {"arguments", shown_arguments(prepared)},
                        {"credentials", ordered_json::array()}};
  for (std::size_t i = 0; i < prepared.outlines.size(); ++i)
    shown["credentials"].push_back({{"name", prepared.outlines[i].name.text()},
                                    {"size", prepared.outlines[i].size},
                                    {"transport", transport_of_credential(i, prepared)}});
  return shown.dump(2) + "\n";
}

}  // namespace vmcred::cli
