// SPDX-License-Identifier: Apache-2.0
// What each hypervisor can do: the one table that planning, errors, `vmcred vmm list` and docs/hypervisors.md
// go by. QEMU has a row for each machine, since they differ. All of it is data that lives as long as the
// program.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config/model.h"
#include "vmm/host_facts.h"

namespace vmcred::vmm {

// How a running VMM is spoken to.
enum class Api { none, qmp, http, crosvm_socket };

// How the guest is asked to shut down. With `none` all that is left is to end the VMM.
enum class StopMethod { qmp, cloud_hypervisor_api, firecracker_api, crosvm_socket, vfkit_api, none };

// How the host learns that the guest is up.
enum class Readiness {
  started,  // it does not: the VMM's start is all there is
  vsock,    // the guest's systemd says so, over the virtio socket
};

// A way for credentials, with what it carries at most.
struct TransportOffer {
  config::Transport transport;
  std::size_t bytes;              // of an SMBIOS table all, else the set's
  std::size_t structures = 0;     // of SMBIOS, 0: any number
  std::size_t items = 0;          // of fw_cfg, without asking for more
  std::size_t request_bytes = 0;  // of the request to the API that it is part of, in versions that take least
};

struct BalloonSupport {
  bool device = false;
  bool initial = false;  // it may take memory from the start
  bool deflate_on_oom = false;
};

struct InterfaceSupport {
  bool user = false;
  bool tap = false;  // also one that joins a bridge
  bool macvtap = false;
  bool several_queues = false;  // one for each CPU
  bool vhost = false;
};

struct ShareSupport {
  bool virtiofs = false;
  bool virtiofs_read_only = false;
  bool plan9 = false;
  bool plan9_read_only = false;
  bool plan9_models = false;  // more than the security model `none`
};

struct VolumeSupport {
  bool qcow2 = false;
  bool serial = false;
  bool direct = false;
  bool read_only = false;
  std::size_t most = 0;  // 0: any number
};

// Characters that its options can't carry in a path: only where they take the path apart from other values.
struct PathLimits {
  std::string_view boot = {};  // of the kernel and the initrd
  std::string_view volumes = {};
  std::string_view shares = {};
};

struct Capability {
  config::Hypervisor hypervisor;
  config::Machine machine = config::Machine::q35;  // QEMU only
  std::span<const TransportOffer> transports;      // best first
  Api api = Api::none;
  bool by_requests = false;  // it gets its VM through its API, when it runs already
  StopMethod stop = StopMethod::none;
  Readiness readiness = Readiness::vsock;
  std::span<const VsockBackEnd> vsock;
  BalloonSupport balloon = {};
  bool hugepages = false;
  bool hotplug = false;
  std::uint64_t hotplug_step_mib = 2;  // `hotplug_mem` is a multiple of it
  InterfaceSupport interfaces = {};
  bool forwarded_ports = false;
  ShareSupport shares = {};
  VolumeSupport volumes = {};
  bool pci = false;
  bool usb = false;
  bool graphics = false;
  bool console = false;  // a terminal of the guest's to connect to, hvc0
  bool cpu_model = false;
  bool uuid = false;       // the machine's, besides systemd.machine_id= on the kernel's command line
  unsigned most_cpus = 0;  // 0: no limit of its own
  std::size_t kernel_line_bytes = 0;  // 0: the kernel's own limit
  std::string_view kernel_params;     // without which its guests don't print, or don't end
  PathLimits not_in_paths = {};
  std::string_view program;     // its usual name on $PATH
  std::string_view comes_from;  // where one gets it
};

std::span<const Capability> capabilities();
const Capability& capability_of(const config::VirtualMachine& vm);

// nullptr where the hypervisor does not have this transport.
const TransportOffer* offer(const Capability& capability, config::Transport transport);

// What carries the VM's set unless that is too large for it: the config's choice, or the best.
config::Transport first_transport(const config::VirtualMachine& vm);

// Those words of which it is true.
std::vector<std::string> chosen(std::initializer_list<std::pair<bool, std::string_view>> words);

// As the config spells them.
std::vector<std::string> types_of(const InterfaceSupport& interfaces);

// "qemu q35", "firecracker"; `sentence_name` is for errors: "qemu's machine 'microvm'".
std::string row_name(const Capability& capability);
std::string sentence_name(const Capability& capability);

// With how many queue pairs an interface of the host's is opened: whoever makes it must know.
unsigned queue_pairs(const config::VirtualMachine& vm);

// Does the guest get a device of the host's for itself?
bool has_device(const config::VirtualMachine& vm, config::Device::Bus bus);

}  // namespace vmcred::vmm
