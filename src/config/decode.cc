// SPDX-License-Identifier: Apache-2.0
#include "config/decode.h"

#include "base/text.h"

namespace vmcred::config {
namespace {

void decode_generators(Context& context, const Node::Table& table, Config& config, GeneratorIndex& index) {
  config.generators.reserve(table.size());
  for (const Member& member : table) {
    const auto scope = context.findings.about({Subject::Kind::generator, member.key});
    config.generators.push_back(decode_generator(context, member));
  }
  for (const Generator& generator : config.generators) index.emplace(generator.name, &generator);
  check_dependencies(context, table, config.generators, index);
  resolve_issuers(context, table, config.generators, index);
}

// A fault in a pinned entry is not where the finding points to.
void blame_pin(Context& context, const Pins& pins, const Member& in_file) {
  if (!context.findings.error_about({Subject::Kind::vm, in_file.key})) return;
  const std::string path = pins.path_of(in_file.key);
  context.findings.add(
      in_file.key_location,
      base::concat("vm ", base::quoted(in_file.key), " is not read from here but from ", path),
      base::concat("to follow the config again: rm ", path, " && systemctl daemon-reload"));
}

void decode_vms(Context& context, const Node::Table& table, Pins& pins, const GeneratorIndex& generators,
                Config& config) {
  std::vector<const Member*> members;  // what each VM is read from
  members.reserve(table.size());
  config.vms.reserve(table.size());
  for (const Member& in_file : table) {
    const auto scope = context.findings.about({Subject::Kind::vm, in_file.key});
    const auto [member, since] = pins.member_for(context, in_file);
    members.push_back(member);
    config.vms.push_back(decode_vm(context, *member, generators));
    config.vms.back().pinned_since = since;
    if (!since.empty()) blame_pin(context, pins, in_file);
  }
  check_clashes(context, table, config.vms);
  check_random_secrets(context, members, config.vms, generators);
}

Config decode_all(Context& context, const Node& root, Pins& pins) {
  const TableReader reader(context, std::get<Node::Table>(root.value), root.location, k_root_keys, {});
  Config config;
  config.host = decode_host(context, reader.find("host"));
  config.store = decode_store(context, reader.find("store"));
  GeneratorIndex generators;
  if (const auto* table = reader.read_table("generators"))
    decode_generators(context, *table, config, generators);
  if (const auto* table = reader.read_table("vms")) decode_vms(context, *table, pins, generators, config);
  return config;
}

}  // namespace

base::Result<Config> decode(const Node& root, const std::string& path, std::string_view directory, Pins pins,
                            VmCheck check) {
  Findings findings(path);
  Context context{findings, directory, check};
  Config config = decode_all(context, root, pins);
  if (!findings.empty()) return std::move(findings).take();
  config.path = path;
  return config;
}

base::Result<UnitConfig> decode_for_units(const Node& root, const std::string& path,
                                          std::string_view directory, Pins pins, VmCheck check) {
  Findings findings(path);
  Context context{findings, directory, check};
  UnitConfig result{.config = decode_all(context, root, pins), .broken = {}};
  if (auto error = findings.error_about({})) return *std::move(error);
  result.config.path = path;
  if (!findings.empty()) take_out_broken(findings, result);
  return result;
}

}  // namespace vmcred::config
