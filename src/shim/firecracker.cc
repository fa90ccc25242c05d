// SPDX-License-Identifier: Apache-2.0
// Firecracker, started by --config-file. Source: its docs/getting-started.md and
// src/vmm/src/resources.rs.
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "shim/dialect.h"
#include "shim/initrd_plan.h"
#include "shim/kernel_parameters.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Error;
using base::ErrorKind;
using base::Result;
using nlohmann::ordered_json;

constexpr std::array<std::string_view, 1> k_config_file{"--config-file"};
constexpr const char* k_boot = "boot-source";
constexpr const char* k_boot_args = "boot_args";
constexpr const char* k_initrd_path = "initrd_path";

constexpr std::string_view k_document_name = "the file of --config-file";

Error bad_config(std::string_view reason, std::string_view hint) {
  return {.kind = ErrorKind::usage, .what = concat(k_document_name, " ", reason), .hint = std::string(hint)};
}

// The config as JSON, in which boot-source is an object with texts.
Result<ordered_json> parse_config(const std::string& text) {
  auto config = ordered_json::parse(text, nullptr, false);
  if (!config.is_object())
    return bad_config("is no JSON object",
                      "firecracker takes its whole configuration as one: {\"boot-source\": {…}, …}");
  if (!config.contains(k_boot) || !config[k_boot].is_object())
    return bad_config("has no boot-source",
                      "add \"boot-source\", an object with kernel_image_path, initrd_path and boot_args");
  auto& boot = config[k_boot];
  if (!boot.contains(k_boot_args) || boot[k_boot_args].is_null()) boot[k_boot_args] = "";
  if (!boot[k_boot_args].is_string())
    return bad_config("has boot_args that are no text",
                      "write all kernel parameters as one text: \"boot_args\": \"console=ttyS0 quiet\"");
  return config;
}

Result<void> take_from_config(StrippedLine& line, const ReadText& read_text) {
  const auto options = find_options(line.words, k_config_file, {});
  if (options.empty()) return {};
  if (options.size() > 1) return bad_config("is given twice", "leave the one with which the VM is to start");
  VMCRED_TRY_ASSIGN(const std::string text, read_text(std::string(value_of(line.words, options.front()))));
  VMCRED_TRY_ASSIGN(auto config, parse_config(text));
  auto& parameters = config[k_boot][k_boot_args];
  VMCRED_TRY_ASSIGN(std::string rest,
                    take_from_kernel_parameters(parameters.get_ref<const std::string&>(), line.taken));
  parameters = std::move(rest);
  line.document = config.dump();
  line.document_name = k_document_name;
  return {};
}

// The config with the initrd's place at its end, where the path of a descriptor will be.
std::vector<vmm::BodyPiece> with_initrd_at_the_end(ordered_json config) {
  using Value = vmm::BodyPiece::Value;
  ordered_json boot = std::move(config[k_boot]);
  config.erase(k_boot);
  boot.erase(k_initrd_path);
  std::string front = config.dump();
  front.back() = ',';
  std::string end = boot.dump();
  end.back() = ',';
  return {
      {.text = concat(config.empty() ? "{" : front, "\"", k_boot, "\":", end, "\"", k_initrd_path, "\":\""),
       .value = Value::file,
       .index = 0},
      {.text = "\"}}"}};
}

Result<vmm::LaunchPlan> plan_with_config(const StrippedLine& line, Outlines outlines) {
  const auto options = find_options(line.words, k_config_file, {});
  if (options.empty())
    return lacks("firecracker", "--config-file",
                 "start it with --config-file and --no-api: what comes over its API nobody can rewrite");
  VMCRED_TRY_ASSIGN(auto config, parse_config(line.document));
  auto& boot = config[k_boot];
  if (!boot.contains(k_initrd_path) || !boot[k_initrd_path].is_string())
    return lacks("firecracker", "initrd_path in the boot-source of its --config-file", k_needs_initrd);
  VMCRED_TRY_ASSIGN(auto parameters, with_shim_init(boot[k_boot_args].get_ref<const std::string&>()));
  boot[k_boot_args] = std::move(parameters.text);

  vmm::LaunchPlan plan = plan_as_it_is(line.words);
  plan.files.push_back(
      planned_initrd(boot[k_initrd_path].get<std::string>(), std::move(parameters.next_init), outlines));
  plan.files.push_back({.content = vmm::PlannedFile::Content::document,
                        .credentials = {},
                        .size = 0,
                        .document = with_initrd_at_the_end(std::move(config))});
  plan.arguments[options.front().word] = {.text = "", .file = 1};
  return plan;
}

}  // namespace

const Dialect k_firecracker{.hypervisor = config::Hypervisor::firecracker,
                            .program = "firecracker",
                            .start_words = {},
                            .style = {},
                            .initrd = {},
                            .kernel_parameters = {},
                            .take = take_from_config,
                            .plan = plan_with_config};

}  // namespace vmcred::shim
