// SPDX-License-Identifier: Apache-2.0
#include "vmm/carriage.h"

#include "base/text.h"
#include "config/load.h"
#include "credential/initrd_segment.h"
#include "vmm/capability.h"
#include "vmm/kernel_line.h"
#include "vmm/transport_limits.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Transport;

bool is_firmware(Transport transport) {
  return transport == Transport::smbios || transport == Transport::fw_cfg;
}

base::Result<Carriage> by_firmware(const config::VirtualMachine& vm,
                                   std::span<const CredentialOutline> outlines,
                                   const TransportLimits& limits) {
  VMCRED_TRY_ASSIGN(Assignment assignment, assign_transports(outlines, limits));
  return Carriage{.transport = vm.transport == Transport::fw_cfg ? Transport::fw_cfg : Transport::smbios,
                  .assignment = std::move(assignment)};
}

// The first that has no limit but the guest's.
base::Result<Carriage> by_the_rest(const config::VirtualMachine& vm,
                                   std::span<const CredentialOutline> outlines) {
  for (const auto& offered : capability_of(vm).transports)
    if (offered.transport == Transport::initrd) return carry_by_initrd(vm, outlines);
  return Carriage{.transport = capability_of(vm).transports.front().transport, .assignment = {}};
}

// The guest's systemd takes no file whose name it can't have.
base::Result<void> check_import_names(std::span<const CredentialOutline> outlines) {
  std::vector<base::Error> findings;
  for (const auto& [name, size] : outlines)
    if (name.text().size() > credential::k_max_import_name_bytes)
      findings.push_back(
          {.kind = base::ErrorKind::credential,
           .what = concat("credential ", base::quoted(name.text()), " has a name of ", name.text().size(),
                          " bytes, and an initrd's file takes ", credential::k_max_import_name_bytes),
           .hint = "give it a shorter name with 'credential = \"…\"'"});
  if (!findings.empty()) return base::first_with_others(std::move(findings));
  return {};
}

base::Result<Carriage> choose(const config::VirtualMachine& vm, std::span<const CredentialOutline> outlines) {
  const TransportLimits limits = transport_limits(vm);
  if (is_firmware(vm.transport)) return by_firmware(vm, outlines, limits);
  VMCRED_TRY(check_sizes(outlines, limits));
  if (vm.transport == Transport::initrd) return carry_by_initrd(vm, outlines);
  if (vm.transport != Transport::automatic) return Carriage{.transport = vm.transport, .assignment = {}};
  if (!is_firmware(capability_of(vm).transports.front().transport)) return by_the_rest(vm, outlines);
  auto carriage = by_firmware(vm, outlines, limits);
  if (carriage) return carriage;
  if (!vm.initrd.empty()) return by_the_rest(vm, outlines);
  auto error = std::move(carriage).error();
  error.hint = concat("give the VM an 'initrd', to which any set can be appended; or ", error.hint);
  return error;
}

}  // namespace

base::Result<Carriage> choose_carriage(const config::VirtualMachine& vm,
                                       std::span<const CredentialOutline> outlines) {
  auto carriage = choose(vm, outlines);
  if (!carriage) return in(concat("vm ", base::quoted(vm.name)), std::move(carriage));
  return carriage;
}

base::Result<Carriage> carry_by_initrd(const config::VirtualMachine& vm,
                                       std::span<const CredentialOutline> outlines) {
  if (vm.initrd.empty())
    return base::Error{.kind = base::ErrorKind::config,
                       .what = "the credentials are appended to the guest's initrd, and it has none",
                       .hint = "set 'initrd'; an empty cpio archive will do where the kernel needs none"};
  if (has_misplaced_init(vm, Transport::initrd))
    return base::Error{
        .kind = base::ErrorKind::config,
        .what = concat("'rdinit=' in 'kernel_params' is no absolute path: ", base::quoted(next_init(vm))),
        .hint = std::string(k_misplaced_init_hint)};
  if (!needs_shim(vm, Transport::initrd)) VMCRED_TRY(check_import_names(outlines));
  return Carriage{.transport = Transport::initrd, .assignment = {}};
}

bool is_fetched(Transport transport) {
  return transport == Transport::vsock || transport == Transport::virtio_serial ||
         transport == Transport::mmds;
}

bool is_fetched(const config::VirtualMachine& vm) { return is_fetched(first_transport(vm)); }

}  // namespace vmcred::vmm
