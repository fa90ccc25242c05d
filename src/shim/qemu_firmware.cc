// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "shim/initrd_plan.h"
#include "shim/qemu.h"
#include "shim/qemu_option.h"
#include "vmm/assignment.h"
#include "vmm/qemu_credentials.h"
#include "vmm/transport_limits.h"

namespace vmcred::shim {
namespace {

using base::concat;
using base::Result;
using config::Machine;

constexpr std::array<std::string_view, 4> k_machine{"-M", "--M", "-machine", "--machine"};
constexpr std::array<std::string_view, 2> k_memory{"-m", "--m"};

base::Error other_machine() {
  return {.kind = base::ErrorKind::credential,
          .what = "this machine of QEMU's is not known to carry credentials in SMBIOS or fw_cfg"};
}

std::optional<Machine> machine_of_type(std::string_view type) {
  if (type.starts_with("microvm")) return Machine::microvm;
  if (type == "q35" || type.starts_with("pc-q35-")) return Machine::q35;
  if (type.empty() || type == "pc" || type.starts_with("pc-i440fx-")) return Machine::pc;
  return std::nullopt;
}

// Without ACPI, a guest doesn't find fw_cfg.
Result<Machine> machine_of(std::span<const std::string> words) {
  std::string_view type;
  bool acpi = true;
  for (const auto& option : find_options(words, k_machine, {})) {
    const auto pieces = split_qemu_option(value_of(words, option));
    if (!pieces.empty() && pieces.front().key.empty()) type = pieces.front().value;
    type = qemu_value(pieces, "type").value_or(type);
    if (const auto value = qemu_value(pieces, "acpi")) acpi = *value == "on" || *value == "auto";
  }
  const auto machine = machine_of_type(type);
  if (!machine || (*machine == Machine::microvm && !acpi)) return other_machine();
  return *machine;
}

// Only the size of the firmware's own tables hangs on it, so what can't be read counts as a lot.
std::uint64_t memory_mib(std::span<const std::string> words) {
  constexpr std::uint64_t k_a_lot = 1024UL * 1024;
  const auto found = find_options(words, k_memory, {});
  if (found.empty()) return 128;
  const auto pieces = split_qemu_option(value_of(words, found.back()));
  const std::string_view text =
      qemu_value(pieces, "size").value_or(pieces.empty() ? "" : pieces.front().value);
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
  if (failure != std::errc() || size > k_a_lot) return k_a_lot;
  if (unit.empty() || unit == "M" || unit == "m") return size;
  if (unit == "G" || unit == "g") return size * 1024;
  return k_a_lot;
}

// QEMU takes OEM strings from options or from files, not both.
bool has_oem_strings(std::span<const std::string> words) {
  return std::ranges::any_of(find_options(words, k_smbios, {}), [&](const FoundOption& option) {
    return qemu_value(split_qemu_option(value_of(words, option)), "type") == "11";
  });
}

Result<vmm::TransportLimits> limits_of(std::span<const std::string> words) {
  config::VirtualMachine vm;
  vm.hypervisor = config::Hypervisor::qemu;
  VMCRED_TRY_ASSIGN(vm.machine, machine_of(words));
  vm.mem_mib = memory_mib(words);
  auto limits = vmm::transport_limits(vm);
  if (has_oem_strings(words)) limits.smbios.reset();
  return limits;
}

// The items of both, ours and those that were there.
Result<void> make_room_for_items(vmm::LaunchPlan& plan, std::span<const std::string> words, std::size_t ours,
                                 const vmm::TransportLimits& limits) {
  const std::size_t items = ours + find_options(words, k_fw_cfg, {}).size();
  if (ours == 0 || !limits.fw_cfg || items <= limits.fw_cfg->default_items) return {};
  const auto has_slots = [](const std::string& word) { return word.find("x-file-slots") != word.npos; };
  if (items > limits.fw_cfg->most_items || std::ranges::any_of(words, has_slots))
    return base::Error{.kind = base::ErrorKind::credential,
                       .what = "too many items for QEMU's fw_cfg",
                       .hint = "give the guest an initrd (-initrd), to which any set can be appended"};
  plan.arguments.push_back({.text = "-global"});
  plan.arguments.push_back({.text = vmm::fw_cfg_slots(items)});
  return {};
}

}  // namespace

Result<vmm::LaunchPlan> plan_with_firmware(const StrippedLine& line, Outlines outlines) {
  VMCRED_TRY_ASSIGN(const auto limits, limits_of(line.words));
  VMCRED_TRY_ASSIGN(const auto assignment, vmm::assign_transports(outlines, limits));
  vmm::LaunchPlan plan = plan_as_it_is(line.words);
  VMCRED_TRY(make_room_for_items(plan, line.words, assignment.fw_cfg_items.size(), limits));
  for (auto& [option, text, file] : vmm::qemu_credential_options(outlines, assignment)) {
    plan.arguments.push_back({.text = std::move(option)});
    plan.arguments.push_back({.text = std::move(text), .file = plan.files.size()});
    plan.files.push_back(std::move(file));
  }
  return plan;
}

}  // namespace vmcred::shim
