// SPDX-License-Identifier: Apache-2.0
// From the tree to the model, one function for each kind of table. What is wrong becomes a finding; the value
// that comes back is then incomplete, and no Config is made of it.
#pragma once

#include <optional>
#include <span>
#include <unordered_map>

#include "config/claimed_names.h"
#include "config/load.h"
#include "config/model.h"
#include "config/pins.h"
#include "config/reader.h"

namespace vmcred::config {

// Generators by name; both live in Config::generators.
using GeneratorIndex = std::unordered_map<std::string_view, const Generator*>;

// Fails with all findings, in the order of the file. `directory` anchors relative paths.
base::Result<Config> decode(const Node& root, const std::string& path, std::string_view directory, Pins pins,
                            VmCheck check);

// As above, with the faults of a VM or generator put down to it alone. Fails with what concerns all.
base::Result<UnitConfig> decode_for_units(const Node& root, const std::string& path,
                                          std::string_view directory, Pins pins, VmCheck check);

// Moves the VMs that can't be used from the config to `broken`, and drops the generators that can't.
void take_out_broken(const Findings& findings, UnitConfig& result);

Host decode_host(Context& context, const Member* member);

Store decode_store(Context& context, const Member* member);

Generator decode_generator(Context& context, const Member& member);
GeneratorFile decode_generator_file(Context& context, std::string_view generator, const Member& member);
Prompt decode_prompt(Context& context, std::string_view generator, const Member& member);

// The keys of a file that say how it is made; nothing where the script or a prompt makes it.
std::optional<FileKind> decode_kind(const TableReader& reader);

// Adds files for the prompts that persist, and checks the files of one generator against each other.
void complete_files(const TableReader& reader, Generator& generator);

// Finds the key and the certificate of each certificate's issuer.
void resolve_issuers(Context& context, const Node::Table& table, std::vector<Generator>& generators,
                     const GeneratorIndex& index);

// Checks that dependencies exist and end somewhere. `table` is where the generators were read from, in their
// order.
void check_dependencies(Context& context, const Node::Table& table, const std::vector<Generator>& generators,
                        const GeneratorIndex& index);

VirtualMachine decode_vm(Context& context, const Member& member, const GeneratorIndex& generators);

// `secrets.x = { random = … }` makes a generator "x" for the VM's machine, which nobody else may mean.
// `members` are what the VMs were read from, in their order.
void check_random_secrets(Context& context, std::span<const Member* const> members,
                          const std::vector<VirtualMachine>& vms, const GeneratorIndex& generators);

// The keys of a VM that describe its machine, not what it is given.
void decode_hardware(const TableReader& reader, VirtualMachine& vm);
void decode_guest(const TableReader& reader, VirtualMachine& vm);

// Its memory besides `mem`.
void decode_memory(const TableReader& reader, VirtualMachine& vm);

// Its arrays of tables.
void decode_volumes(const TableReader& reader, VirtualMachine& vm);
void decode_shares(const TableReader& reader, VirtualMachine& vm);
void decode_interfaces(const TableReader& reader, VirtualMachine& vm);
void decode_forwarded_ports(const TableReader& reader, VirtualMachine& vm);
void decode_devices(const TableReader& reader, VirtualMachine& vm);

// What is added to the command lines of the guest's kernel and of programs on the host.
void decode_command_lines(const TableReader& reader, VirtualMachine& vm);

// A command line is readable by every local user, a kernel's by every process in the guest as well.
void refuse_credentials(const TableReader& reader, std::string_view key,
                        const std::vector<std::string>& lines);

// What config does not know itself. Asks only about a VM without findings.
void check_vm(const TableReader& reader, const VirtualMachine& vm);

// No two VMs may have the same of what there is once on a host. `table` is where they were read from, in
// their order.
void check_clashes(Context& context, const Node::Table& table, const std::vector<VirtualMachine>& vms);

// The keys of a VM that describe its service on the host.
void decode_service(const TableReader& reader, VirtualMachine& vm);

// What systemd can carry to one unit: the count and size of credentials, the length of names.
void check_unit_limits(const TableReader& reader, const VirtualMachine& vm);

// `vm_name` goes into the findings. Each credential's name is claimed from `names`.
std::optional<Secret> decode_secret(Context& context, std::string_view vm_name, const Member& member,
                                    const GeneratorIndex& generators, ClaimedNames& names);
std::optional<StaticValue> decode_static(Context& context, std::string_view vm_name, const Member& member,
                                         ClaimedNames& names);

// The source that `reader`'s secret names, which is one of four.
std::optional<decltype(Secret::source)> decode_source(const TableReader& reader, std::string_view secret_name,
                                                      const GeneratorIndex& generators);

}  // namespace vmcred::config
