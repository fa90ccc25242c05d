// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include "base/text.h"
#include "config/decode.h"
#include "config/hardware_rules.h"
#include "config/load.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

constexpr std::string_view k_qemu = "hypervisor 'qemu'";
constexpr std::int64_t k_most_vcpus = 255;

// Below are the hypervisor, the local machine and the host; the largest number means "any".
constexpr std::int64_t k_least_cid = 3;
constexpr std::int64_t k_most_cid = std::numeric_limits<std::uint32_t>::max() - 1;

constexpr std::int64_t k_least_systemd = 252;
constexpr std::int64_t k_most_systemd = 999;

void check_qemu_only(const TableReader& reader, const VirtualMachine& vm) {
  if (vm.hypervisor == Hypervisor::qemu) return;
  const std::string_view other = spelling(vm.hypervisor);
  reader.refuse("machine", k_qemu, other);
  if (vm.accelerator == Accelerator::tcg)
    reader.report("accelerator",
                  concat("accelerator 'tcg' is for ", k_qemu, " only, not for ", quoted(other)),
                  "leave it out: all others run on KVM");
}

// A bare name is looked up in $PATH; with a slash it is a path like the others.
void read_program(const TableReader& reader, std::string& program) {
  reader.read_line("program", program);
  if (program.find('/') != std::string::npos) reader.read_path("program", program);
}

void decode_vsock(const TableReader& vm_reader, VirtualMachine& vm) {
  const Node::Table* table = vm_reader.read_table("vsock");
  if (table == nullptr) return;
  const TableReader reader(vm_reader.context(), *table, vm_reader.find("vsock")->key_location, k_vsock_keys,
                           vm_reader.names());
  std::uint32_t value = 0;
  reader.read_whole("cid", k_least_cid, k_most_cid, value);
  if (value != 0) vm.vsock_cid = value;
  reader.read_choice("device", k_vsock_device_spellings, vm.vsock_device);
  if (reader.has("device") && !reader.has("cid")) reader.report("device", "'vsock.device' needs 'vsock.cid'");
}

void read_machine_id(const TableReader& reader, std::string& machine_id) {
  std::string text;
  reader.read_line("machine_id", text);
  if (text.empty()) return;
  if (auto digits = parse_machine_id(text))
    machine_id = *std::move(digits);
  else
    reader.report("machine_id", "'machine_id' must be 32 hexadecimal digits or a UUID, and not all zeros",
                  "make one: systemd-id128 new");
}

void read_systemd(const TableReader& reader, GuestSystemd& systemd) {
  const Member* member = reader.find("systemd");
  if (member == nullptr) return;
  const auto* text = std::get_if<std::string>(&member->value.value);
  if (text != nullptr && *text == "none") {
    systemd.kind = GuestSystemd::Kind::none;
  } else if (std::holds_alternative<std::int64_t>(member->value.value)) {
    reader.read_whole("systemd", k_least_systemd, k_most_systemd, systemd.version);
    systemd.kind = GuestSystemd::Kind::version;
  } else {
    reader.report("systemd", concat("'systemd' must be a version number or \"none\", not ",
                                    text == nullptr ? noun(member->value) : "another string"));
  }
}

}  // namespace

void decode_hardware(const TableReader& reader, VirtualMachine& vm) {
  const bool is_known = reader.read_choice("hypervisor", k_hypervisor_spellings, vm.hypervisor);
  reader.read_choice("machine", k_machine_spellings, vm.machine);
  reader.read_choice("accelerator", k_accelerator_spellings, vm.accelerator);
  reader.read_line("cpu", vm.cpu);
  if (is_known) check_qemu_only(reader, vm);
  read_program(reader, vm.program);
  reader.read_whole("vcpu", 1, k_most_vcpus, vm.vcpu);
  decode_memory(reader, vm);
  reader.read_boolean("graphics", vm.graphics);
  decode_vsock(reader, vm);
  reader.read_path("kernel", vm.kernel);
  reader.require("kernel", "add 'kernel = \"PATH\"', the guest's kernel");
  reader.read_path("initrd", vm.initrd);
}

void decode_guest(const TableReader& vm_reader, VirtualMachine& vm) {
  vm_reader.read_choice("transport", k_transport_spellings, vm.transport);
  vm_reader.read_boolean("allow_swap", vm.allow_swap);
  read_machine_id(vm_reader, vm.machine_id);
  const Node::Table* table = vm_reader.read_table("guest");
  if (table == nullptr) return;
  const TableReader reader(vm_reader.context(), *table, vm_reader.find("guest")->key_location, k_guest_keys,
                           vm_reader.names());
  read_systemd(reader, vm.guest_systemd);
}

}  // namespace vmcred::config
