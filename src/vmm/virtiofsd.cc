// SPDX-License-Identifier: Apache-2.0
#include "vmm/virtiofsd.h"

#include "base/text.h"
#include "config/load.h"
#include "vmm/plan_builder.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Share;

HelperPlan plan_for(const config::VirtualMachine& vm, const Share& share,
                    const std::string& runtime_directory) {
  HelperPlan plan{.program = "virtiofsd",
                  .arguments = {},
                  .socket = concat(runtime_directory, "/", share_socket_name(share))};
  plan.arguments = {concat("--socket-path=", plan.socket), concat("--shared-dir=", share.source),
                    "--sandbox=none", "--inode-file-handles=never",
                    concat("--cache=", config::spelling(share.cache))};
  if (share.read_only) plan.arguments.emplace_back("--readonly");
  // crosvm takes the tag from the program; QEMU 7.1 to 8.0 crashes where the program has one.
  if (vm.hypervisor == config::Hypervisor::crosvm) plan.arguments.push_back(concat("--tag=", share.tag));
  plan.arguments.insert(plan.arguments.end(), share.virtiofsd_args.begin(), share.virtiofsd_args.end());
  return plan;
}

}  // namespace

std::vector<HelperPlan> plan_virtiofsd(const config::VirtualMachine& vm,
                                       const std::string& runtime_directory) {
  std::vector<HelperPlan> plans;
  if (vm.hypervisor == config::Hypervisor::vfkit) return plans;
  for (const auto& share : vm.shares)
    if (share.protocol == Share::Protocol::virtiofs) plans.push_back(plan_for(vm, share, runtime_directory));
  return plans;
}

}  // namespace vmcred::vmm
