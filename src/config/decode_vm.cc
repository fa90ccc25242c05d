// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/decode.h"
#include "config/name_rules.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

constexpr std::string_view k_user_prefix = "microvm-";

void check_name(Context& context, const Member& member) {
  if (is_vm_name(member.key)) return;
  context.findings.add(
      member.key_location,
      concat("vm name ", quoted(member.key),
             " must be at most 63 lower-case letters, digits and single hyphens, like 'test-vm'"));
}

void decode_user(const TableReader& reader, VirtualMachine& vm) {
  reader.read_line("user", vm.user);
  if (reader.has("user")) {
    if (!vm.user.empty() && !is_user_name(vm.user))
      reader.report("user",
                    concat("'user' must be a user name of at most ", k_max_user_bytes, " characters"));
  } else if (k_user_prefix.size() + vm.name.size() > k_max_user_bytes) {
    reader.report("user",
                  concat("the user ", quoted(concat(k_user_prefix, vm.name)), " would be longer than ",
                         k_max_user_bytes, " characters"),
                  "set 'user' to a shorter name");
  }
}

// Where the VM's vars are kept: below its own name unless another machine declared them.
void decode_vars_machine(const TableReader& reader, VirtualMachine& vm) {
  reader.read_line("vars_machine", vm.vars_machine);
  if (reader.has("vars_machine") && !is_machine_name(vm.vars_machine))
    reader.report("vars_machine", concat(quoted(vm.vars_machine), " is not a valid name of a machine"));
}

void decode_credentials(const TableReader& reader, const GeneratorIndex& generators, VirtualMachine& vm) {
  Context& context = reader.context();
  ClaimedNames names(context.findings);
  if (const Node::Table* table = reader.read_table("secrets")) {
    vm.secrets.reserve(table->size());
    for (const Member& member : *table)
      if (auto secret = decode_secret(context, vm.name, member, generators, names))
        vm.secrets.push_back(*std::move(secret));
  }
  if (const Node::Table* table = reader.read_table("static")) {
    vm.static_values.reserve(table->size());
    for (const Member& member : *table)
      if (auto value = decode_static(context, vm.name, member, names))
        vm.static_values.push_back(*std::move(value));
  }
}

}  // namespace

VirtualMachine decode_vm(Context& context, const Member& member, const GeneratorIndex& generators) {
  VirtualMachine vm;
  vm.name = member.key;
  vm.vars_machine = vm.name;
  check_name(context, member);
  const Node::Table* table = expect_table(context, member);
  if (table == nullptr) return vm;
  const TableReader reader(context, *table, member.key_location, k_vm_keys, {member.key, {}});
  decode_vars_machine(reader, vm);
  decode_hardware(reader, vm);
  decode_guest(reader, vm);
  decode_user(reader, vm);
  decode_command_lines(reader, vm);
  decode_volumes(reader, vm);
  decode_shares(reader, vm);
  decode_interfaces(reader, vm);
  decode_forwarded_ports(reader, vm);
  decode_devices(reader, vm);
  decode_service(reader, vm);
  decode_credentials(reader, generators, vm);
  check_unit_limits(reader, vm);
  check_vm(reader, vm);
  return vm;
}

}  // namespace vmcred::config
