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

// No two VMs share a vsock address: the host could not tell them apart.
void check_vsock_addresses(Context& context, const Node::Table& table,
                           const std::vector<VirtualMachine>& vms) {
  std::unordered_map<std::uint32_t, std::string_view> owners;
  for (std::size_t i = 0; i < vms.size(); ++i) {
    if (!vms[i].vsock_cid) continue;
    const auto [owner, is_new] = owners.try_emplace(*vms[i].vsock_cid, vms[i].name);
    if (is_new) continue;
    const auto scope = context.findings.about({Subject::Kind::vm, table[i].key});
    context.findings.add(table[i].key_location,
                         base::concat("vms ", base::quoted(owner->second), " and ", base::quoted(vms[i].name),
                                      " have the same 'vsock.cid' ", *vms[i].vsock_cid));
  }
}

// Nor a user: whoever breaks out of one VM could read the other's memory and credentials.
void check_users(Context& context, const Node::Table& table, const std::vector<VirtualMachine>& vms) {
  std::unordered_map<std::string_view, std::string_view> owners;
  for (std::size_t i = 0; i < vms.size(); ++i) {
    if (vms[i].user.empty()) continue;  // the VM's own, by its name
    const auto [owner, is_new] = owners.try_emplace(vms[i].user, vms[i].name);
    if (is_new) continue;
    const auto scope = context.findings.about({Subject::Kind::vm, table[i].key});
    context.findings.add(table[i].key_location,
                         base::concat("vms ", base::quoted(owner->second), " and ", base::quoted(vms[i].name),
                                      " have the same 'user' ", base::quoted(vms[i].user)),
                         "leave 'user' out: each VM then has a user of its own");
  }
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
  check_vsock_addresses(context, table, config.vms);
  check_users(context, table, config.vms);
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

base::Result<Config> decode(const Node& root, const std::string& path, std::string_view directory,
                            Pins pins) {
  Findings findings(path);
  Context context{findings, directory};
  Config config = decode_all(context, root, pins);
  if (!findings.empty()) return std::move(findings).take();
  config.path = path;
  return config;
}

base::Result<UnitConfig> decode_for_units(const Node& root, const std::string& path,
                                          std::string_view directory, Pins pins) {
  Findings findings(path);
  Context context{findings, directory};
  UnitConfig result{.config = decode_all(context, root, pins), .broken = {}};
  if (auto error = findings.error_about({})) return *std::move(error);
  result.config.path = path;
  if (!findings.empty()) take_out_broken(findings, result);
  return result;
}

}  // namespace vmcred::config
