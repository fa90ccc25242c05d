// SPDX-License-Identifier: Apache-2.0
#include "config/decode.h"

namespace vmcred::config {
namespace {

constexpr std::int64_t k_longest_timeout_s = 3600;

void decode_restart(const TableReader& reader, VirtualMachine& vm) {
  if (!reader.has("restart_if_changed")) return;
  bool restart = false;
  reader.read_boolean("restart_if_changed", restart);
  vm.restart_if_changed = restart ? RestartIfChanged::always : RestartIfChanged::never;
}

}  // namespace

void decode_service(const TableReader& reader, VirtualMachine& vm) {
  reader.read_boolean("autostart", vm.autostart);
  decode_restart(reader, vm);
  reader.read_whole("start_timeout", 1, k_longest_timeout_s, vm.start_timeout_s);
  reader.read_whole("stop_timeout", 1, k_longest_timeout_s, vm.stop_timeout_s);
  reader.read_boolean("machined", vm.machined);
  reader.read_choice("deliver", k_delivery_spellings, vm.deliver);
}

}  // namespace vmcred::config
