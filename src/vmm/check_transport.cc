// SPDX-License-Identifier: Apache-2.0
#include "base/text.h"
#include "vmm/check.h"
#include "vmm/kernel_line.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using base::quoted;
using config::Transport;

std::string title(Transport transport) {
  switch (transport) {
    case Transport::smbios:
      return "SMBIOS strings of ours";
    case Transport::fw_cfg:
      return "fw_cfg";
    case Transport::mmds:
      return "metadata service";
    case Transport::virtio_serial:
      return "virtio port";
    case Transport::vsock:
      return "virtio socket";
    case Transport::initrd:
    case Transport::automatic:
      break;
  }
  return "initrd from memory";
}

std::string offered(const Capability& capability) {
  std::vector<std::string> names;
  for (const auto& way : capability.transports) names.emplace_back(config::spelling(way.transport));
  return base::join(names, ", ");
}

void check_needs(Findings& findings, Transport transport) {
  const auto& vm = findings.vm;
  if (transport == Transport::initrd && vm.initrd.empty())
    findings.add(vm.transport == Transport::automatic ? "initrd" : "transport",
                 concat("credentials reach the guest behind its initrd",
                        vm.transport == Transport::automatic ? concat(" with ", findings.name) : "",
                        ", and this VM has none"),
                 "set 'initrd'");
  if (has_misplaced_init(vm, transport))
    findings.add("kernel_params", concat("'rdinit=' is no absolute path: ", quoted(next_init(vm))),
                 std::string(k_misplaced_init_hint));
  // vfkit's guests have one without a number.
  if (transport == Transport::vsock && !vm.vsock_cid && vm.hypervisor != config::Hypervisor::vfkit)
    findings.add("transport", "transport \"vsock\" needs a virtio socket, and this VM has none",
                 "add 'vsock.cid = 3', or another number for each VM");
  if (transport == Transport::mmds && vm.interfaces.empty())
    findings.add("transport", "the metadata service answers over a network interface, and this VM has none",
                 "add an interface of type \"tap\", or leave 'transport' out");
}

}  // namespace

void check_transport(Findings& findings) {
  const Transport transport = first_transport(findings.vm);
  if (offer(findings.can, transport) == nullptr) {
    findings.add("transport", concat(findings.name, " has no ", title(transport)),
                 concat("leave 'transport' out, or choose one of: ", offered(findings.can)));
    return;
  }
  check_needs(findings, transport);
}

}  // namespace vmcred::vmm
