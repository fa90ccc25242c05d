// SPDX-License-Identifier: Apache-2.0
// What is known of the host when a plan is made.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace vmcred::vmm {

// What stands behind a VM's virtio socket.
enum class VsockBackEnd {
  vhost,       // the kernel
  vhost_user,  // a program that listens in the runtime directory, and shares the guest's memory
  built_in,    // the VMM itself, which listens there in the same way
};

struct Version {
  int major = 0;
  int minor = 0;
  auto operator<=>(const Version&) const = default;
};

// A macvtap interface's character device.
struct MacvtapDevice {
  std::string interface;
  std::string path;  // "/dev/tap7"
};

struct HostFacts {
  std::string program;                               // the VMM's path
  std::string runtime_directory;                     // for its sockets; private to the VM's user
  bool kvm;                                          // true: KVM works; false: emulate
  std::optional<VsockBackEnd> vsock = std::nullopt;  // where the VM has a virtio socket
  std::optional<Version> version = std::nullopt;     // of the VMM, where its syntax depends on it
  std::vector<MacvtapDevice> macvtap = {};
  std::string notify_address = {};  // where the guest's systemd says that it is ready; "" where nobody hears
};

}  // namespace vmcred::vmm
