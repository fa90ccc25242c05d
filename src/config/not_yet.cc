// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "config/load.h"

namespace vmcred::config {
namespace {

using base::concat;
using base::quoted;

base::Error not_yet(const VirtualMachine& vm, std::string_view sentence, std::string_view hint) {
  return {.kind = base::ErrorKind::not_yet,
          .what = concat("vm ", quoted(vm.name), ": ", sentence),
          .hint = std::string(hint)};
}

}  // namespace

std::vector<base::Error> not_yet_supported(const VirtualMachine& vm) {
  std::vector<base::Error> errors;
  if (vm.hypervisor != Hypervisor::qemu) {
    errors.push_back(not_yet(vm,
                             concat("hypervisor ", quoted(spelling(vm.hypervisor)), " is not yet supported"),
                             "use 'qemu' for now"));
  }
  return errors;
}

}  // namespace vmcred::config
