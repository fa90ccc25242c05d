// SPDX-License-Identifier: Apache-2.0
// What a foreign runner has prepared for its hypervisor, besides the words.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace vmcred::shim {

// The descriptors that the words name: "fd=3", "fds=3:4", "fd=[3,4]", "tap-fd=3", "/dev/fd/3". microvm.nix
// opens macvtap devices in this way.
std::vector<int> named_descriptors(std::span<const std::string> words);

// Does QEMU start a helper that must gain privileges, for a bridge?
bool starts_bridge_helper(std::span<const std::string> words);

}  // namespace vmcred::shim
