// SPDX-License-Identifier: Apache-2.0
#include "config/decode.h"

namespace vmcred::config {
namespace {

constexpr std::int64_t k_longest_timeout_s = 3600;

}  // namespace

void decode_service(const TableReader& reader, VirtualMachine& vm) {
  reader.read_boolean("autostart", vm.autostart);
  reader.read_boolean("restart_if_changed", vm.restart_if_changed);
  reader.read_whole("start_timeout", 1, k_longest_timeout_s, vm.start_timeout_s);
  reader.read_whole("stop_timeout", 1, k_longest_timeout_s, vm.stop_timeout_s);
  reader.read_boolean("machined", vm.machined);
  reader.read_choice("deliver", k_delivery_spellings, vm.deliver);
}

}  // namespace vmcred::config
