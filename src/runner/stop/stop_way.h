// SPDX-License-Identifier: Apache-2.0
// How a running hypervisor is spoken to when its VM shall end: one file for each kind.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "runner/socket/deadline.h"
#include "vmm/capability.h"

namespace vmcred::runner {

using Say = std::function<void(const std::string&)>;

class StopWay {
 public:
  StopWay() = default;
  StopWay(const StopWay&) = delete;
  StopWay& operator=(const StopWay&) = delete;
  StopWay(StopWay&&) = delete;
  StopWay& operator=(StopWay&&) = delete;
  virtual ~StopWay() = default;

  // Asks the guest to shut down, as often as it is called. `is_late` says that half of its time is over.
  // False: the hypervisor refuses to ask.
  virtual bool ask_guest(bool is_late, const Say& say) = 0;

  // Tells the hypervisor to end at once. False where it knows no such thing.
  virtual bool end_hypervisor() = 0;
};

// How long a hypervisor may take for each answer.
inline constexpr auto k_answer_time = std::chrono::seconds(5);

// The way of a VM whose sockets are in this directory; nullptr where the method is `none`. A vmm error says
// that the hypervisor can't be spoken to.
base::Result<std::unique_ptr<StopWay>> open_stop_way(vmm::StopMethod method,
                                                     const std::string& runtime_directory);

base::Result<std::unique_ptr<StopWay>> open_qmp_way(const std::string& runtime_directory);
std::unique_ptr<StopWay> open_cloud_hypervisor_way(const std::string& runtime_directory);
std::unique_ptr<StopWay> open_firecracker_way(const std::string& runtime_directory);
std::unique_ptr<StopWay> open_crosvm_way(const std::string& runtime_directory);

}  // namespace vmcred::runner
