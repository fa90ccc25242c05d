// SPDX-License-Identifier: Apache-2.0
#include "runner/stop/stop_way.h"

namespace vmcred::runner {

base::Result<std::unique_ptr<StopWay>> open_stop_way(vmm::StopMethod method,
                                                     const std::string& runtime_directory) {
  switch (method) {
    case vmm::StopMethod::qmp:
      return open_qmp_way(runtime_directory);
    case vmm::StopMethod::cloud_hypervisor_api:
      return open_cloud_hypervisor_way(runtime_directory);
    case vmm::StopMethod::firecracker_api:
      return open_firecracker_way(runtime_directory);
    case vmm::StopMethod::crosvm_socket:
      return open_crosvm_way(runtime_directory);
    case vmm::StopMethod::vfkit_api:  // runs on macOS, where this program does not
    case vmm::StopMethod::none:
      break;
  }
  return std::unique_ptr<StopWay>();
}

}  // namespace vmcred::runner
