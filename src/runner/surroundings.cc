// SPDX-License-Identifier: Apache-2.0
#include "runner/surroundings.h"

#include "runner/beside/virtiofsd.h"
#include "runner/beside/vsock_device.h"
#include "runner/host/pre_start.h"
#include "runner/host/volumes.h"

namespace vmcred::runner {

using base::Result;

Result<Surroundings> set_up_surroundings(const config::VirtualMachine& vm, const vmm::HostFacts& host,
                                         const std::optional<Identity>& identity) {
  Surroundings surroundings;
  VMCRED_TRY(make_missing_volumes(vm, identity));
  VMCRED_TRY(run_pre_start(vm, identity));
  VMCRED_TRY_ASSIGN(surroundings.helpers, start_virtiofsd(vm, host.runtime_directory, identity));
  VMCRED_TRY_ASSIGN(surroundings.channel,
                    open_guest_channel(vm, host.vsock, host.runtime_directory, identity));
  return surroundings;
}

Result<void> wait_for_surroundings(const Surroundings& surroundings, const std::string& runtime_directory) {
  for (const auto& helper : surroundings.helpers) VMCRED_TRY(helper.wait_until_it_begins());
  if (!surroundings.channel.device) return {};
  return wait_for_vsock_device(*surroundings.channel.device, runtime_directory);
}

}  // namespace vmcred::runner
