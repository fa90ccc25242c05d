// SPDX-License-Identifier: Apache-2.0
#include "cli/vm/plan_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "config/unit_names.h"
#include "vmm/json_body.h"

namespace vmcred::cli {
namespace {

using base::concat;
using nlohmann::ordered_json;
using runner::PreparedStart;
using vmm::BodyPiece;
using vmm::PlannedFile;

std::string_view transport_of(const PlannedFile& file) {
  switch (file.content) {
    case PlannedFile::Content::credential:
    case PlannedFile::Content::document:
      break;
    case PlannedFile::Content::oem_structure:
      return "smbios";
    case PlannedFile::Content::initrd:
      return "initrd";
  }
  return "fw_cfg";
}

std::string shown_credential(std::size_t index, const PreparedStart& prepared) {
  const auto& outline = prepared.outlines[index];
  return concat(outline.name.text(), ": ", base::byte_count(outline.size));
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
  for (const auto i : file.credentials) parts.push_back(shown_credential(i, prepared));
  return concat("<", base::join(parts, ", "), ">");
}

std::string shown_descriptors(std::span<const std::size_t> descriptors, const PreparedStart& prepared) {
  std::vector<std::string> parts;
  for (const auto i : descriptors) parts.push_back(concat("<", prepared.plan.descriptors[i].path, ">"));
  return base::join(parts, ":");
}

std::vector<std::string> shown_arguments(const PreparedStart& prepared) {
  std::vector<std::string> shown;
  for (const auto& argument : prepared.plan.arguments) {
    shown.push_back(concat(argument.text, shown_descriptors(argument.descriptors, prepared)));
    if (argument.file) shown.back() += contents_of(prepared.plan.files[*argument.file], prepared);
  }
  return shown;
}

std::string shown_piece(const BodyPiece& piece, const PreparedStart& prepared) {
  switch (piece.value) {
    case BodyPiece::Value::none:
      break;
    case BodyPiece::Value::credential:
      return concat("<", shown_credential(piece.index, prepared), ">");
    case BodyPiece::Value::archive: {
      std::vector<std::string> parts;
      for (std::size_t i = 0; i < prepared.outlines.size(); ++i)
        parts.push_back(shown_credential(i, prepared));
      return concat("<", base::join(parts, ", "), ">");
    }
    case BodyPiece::Value::file:
      return contents_of(prepared.plan.files[piece.index], prepared);
  }
  return "";
}

// With its places filled by what will be there, it is still JSON.
std::string shown_body(const vmm::ApiRequest& request, const PreparedStart& prepared) {
  std::string text;
  for (const auto& piece : request.body)
    text += concat(piece.text, vmm::escaped_for_json(shown_piece(piece, prepared)));
  return text;
}

// As a shell would want it, so that the plan can be read as a command line.
std::string shell_word(const std::string& argument) {
  return !argument.empty() && argument.find(' ') == std::string::npos ? argument : concat("'", argument, "'");
}

bool carries(const vmm::ApiRequest& request, BodyPiece::Value value) {
  return std::ranges::find(request.body, value, &BodyPiece::value) != request.body.end();
}

std::string_view transport_of_credential(std::size_t index, const PreparedStart& prepared) {
  const auto& plan = prepared.plan;
  for (const auto& file : plan.files)
    if (std::ranges::find(file.credentials, index) != file.credentials.end()) return transport_of(file);
  for (const auto& request : plan.requests) {
    if (carries(request, BodyPiece::Value::credential)) return "smbios";
    if (carries(request, BodyPiece::Value::archive)) return "mmds";
  }
  return plan.pull->channel == vmm::PlannedPull::Channel::vsock ? "vsock" : "virtio-serial";
}

std::string requests_as_text(const PreparedStart& prepared) {
  if (prepared.plan.requests.empty()) return "";
  std::string text = concat("\nrequests to ", prepared.plan.api_socket, "\n");
  for (const auto& request : prepared.plan.requests) {
    text += concat("  ", request.method, " ", request.path);
    if (!request.body.empty()) text += concat("\n    ", shown_body(request, prepared));
    if (!request.descriptors.empty())
      text += concat("\n    with ", shown_descriptors(request.descriptors, prepared));
    text += "\n";
  }
  return text;
}

ordered_json requests_as_json(const PreparedStart& prepared) {
  ordered_json shown = ordered_json::array();
  for (const auto& request : prepared.plan.requests) {
    ordered_json one = {{"method", request.method}, {"path", request.path}};
    if (!request.body.empty()) one["body"] = ordered_json::parse(shown_body(request, prepared));
    if (!request.descriptors.empty()) one["descriptors"] = shown_descriptors(request.descriptors, prepared);
    shown.push_back(std::move(one));
  }
  return shown;
}

}  // namespace

std::string plan_as_text(const config::VirtualMachine& vm, const PreparedStart& prepared) {
  return concat("vm ", vm.name, " as user ", config::user_name(vm), "\n", launch_as_text(prepared));
}

std::string launch_as_text(const PreparedStart& prepared) {
  std::string text = prepared.plan.program;
  for (const auto& argument : shown_arguments(prepared))
    text += concat(argument.starts_with('-') ? " \\\n  " : " ", shell_word(argument));
  text += concat("\n", requests_as_text(prepared), "\ncredentials\n");
  for (std::size_t i = 0; i < prepared.outlines.size(); ++i)
    text += concat("  ", prepared.outlines[i].name.text(), ", ", base::byte_count(prepared.outlines[i].size),
                   ", by ", transport_of_credential(i, prepared), "\n");
  return text;
}

std::string plan_as_json(const config::VirtualMachine& vm, const PreparedStart& prepared) {
  ordered_json shown = {{"vm", vm.name},
                        {"user", config::user_name(vm)},
                        {"program", prepared.plan.program},
                        {"arguments", shown_arguments(prepared)},
                        {"process_name", prepared.plan.process_name},
                        {"environment", prepared.plan.environment},
                        {"api_socket", prepared.plan.api_socket},
                        {"requests", requests_as_json(prepared)},
                        {"credentials", ordered_json::array()}};
  for (std::size_t i = 0; i < prepared.outlines.size(); ++i)
    shown["credentials"].push_back({{"name", prepared.outlines[i].name.text()},
                                    {"size", prepared.outlines[i].size},
                                    {"transport", transport_of_credential(i, prepared)}});
  return shown.dump(2) + "\n";
}

}  // namespace vmcred::cli
