// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace vmcred::runner {

struct KvmVerdict {
  bool works;
  std::string reason;  // when it doesn't: "1,000,000 guest instructions took over 100 ms"
};

// Does KVM on this host run guest code at the processor's speed? Opening /dev/kvm, its version and even a
// short real-mode program say yes on hosts that then emulate each instruction, so this times a million rounds
// of a loop in 64-bit mode, in a child that is killed when it takes too long. Takes about 2 ms on a good
// host, 1 s at most.
KvmVerdict probe_kvm();

}  // namespace vmcred::runner
