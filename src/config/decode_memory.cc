// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/decode.h"

namespace vmcred::config {
namespace {

constexpr std::int64_t k_least_mem_mib = 16;
constexpr std::int64_t k_most_mem_mib = std::int64_t{16} * 1024 * 1024;

void decode_hotplug(const TableReader& reader, VirtualMachine& vm) {
  reader.read_whole("hotplug_mem", 0, k_most_mem_mib, vm.hotplug_mem_mib);
  vm.hotplugged_mem_mib = vm.hotplug_mem_mib;
  reader.read_whole("hotplugged_mem", 0, k_most_mem_mib, vm.hotplugged_mem_mib);
  if (vm.hotplugged_mem_mib > vm.hotplug_mem_mib)
    reader.report("hotplugged_mem", "'hotplugged_mem' must not be more than 'hotplug_mem'");
}

void decode_balloon(const TableReader& vm_reader, VirtualMachine& vm) {
  const Member* member = vm_reader.find("balloon");
  if (member == nullptr) return;
  const Node::Table* table = expect_table(vm_reader.context(), *member, "'balloon = {}' takes every default");
  if (table == nullptr) return;
  const TableReader reader(vm_reader.context(), *table, member->key_location, k_balloon_keys,
                           vm_reader.names());
  Balloon& balloon = vm.balloon.emplace();
  reader.read_whole("initial", 0, k_most_mem_mib, balloon.initial_mib);
  reader.read_boolean("deflate_on_oom", balloon.deflate_on_oom);
  if (balloon.initial_mib >= vm.mem_mib)
    reader.report("initial", base::concat("'initial' must be less than 'mem', which is ", vm.mem_mib));
}

}  // namespace

void decode_memory(const TableReader& reader, VirtualMachine& vm) {
  reader.read_whole("mem", k_least_mem_mib, k_most_mem_mib, vm.mem_mib);
  reader.read_boolean("hugepages", vm.hugepages);
  decode_hotplug(reader, vm);
  decode_balloon(reader, vm);
}

}  // namespace vmcred::config
