// SPDX-License-Identifier: Apache-2.0
#include "guest/kernel_module.h"

#include "base/file.h"
#include "base/process.h"

namespace vmcred::guest {

void load_kernel_module(const std::string& name) {
  constexpr std::size_t k_max_path_bytes = 4096;
  auto modprobe = base::read_text_file("/proc/sys/kernel/modprobe", k_max_path_bytes);
  if (!modprobe) return;
  while (modprobe->ends_with('\n')) modprobe->pop_back();
  if (!modprobe->empty()) static_cast<void>(base::output_of({*modprobe, "-q", "--", name}));
}

}  // namespace vmcred::guest
