// SPDX-License-Identifier: Apache-2.0
#include "runner/start.h"

#include <unistd.h>
#include <cstdlib>

#include "base/text.h"
#include "config/model.h"
#include "credential/directory.h"
#include "runner/host/accelerator.h"
#include "runner/host/hardening.h"
#include "runner/host/identity.h"
#include "runner/host/macvtap.h"
#include "runner/host/program.h"
#include "runner/host/runtime_directory.h"
#include "runner/host/vsock.h"
#include "runner/secrets/sources.h"
#include "runner/stop/leftover_sockets.h"
#include "runner/stop/vmm_process.h"
#include "runner/surroundings.h"
#include "systemd/notify.h"
#include "vmm/carriage.h"
#include "vmm/outline.h"
#include "vmm/plan.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;
using config::VirtualMachine;

Identity own_identity() { return {.name = "", .uid = ::geteuid(), .gid = ::getegid(), .groups = {}}; }

bool is_root() { return ::geteuid() == 0; }

// Under systemd PID 1 has read the sources; it tells where the copies are.
std::string systemd_directory() {
  const char* path = std::getenv("CREDENTIALS_DIRECTORY");
  return path == nullptr ? "" : path;
}

Result<void> check_host(const VirtualMachine& vm, Purpose purpose, vmm::HostFacts& host) {
  VMCRED_TRY_ASSIGN(host.program, find_program(vm));
  VMCRED_TRY(check_boot_files(vm));
  if (purpose == Purpose::start) VMCRED_TRY(check_swap(vm));
  VMCRED_TRY_ASSIGN(host.runtime_directory, runtime_directory(vm.name));
  VMCRED_TRY_ASSIGN(host.vsock, choose_vsock(vm));
  if (purpose == Purpose::start) { VMCRED_TRY_ASSIGN(host.macvtap, find_macvtap_devices(vm)); }
  host.version = find_version(vm, host.program);
  return {};
}

// Loads the secrets by whichever way this process was started, and leaves it as the VM's user.
Result<credential::CredentialSet> load_secrets(const VirtualMachine& vm, StoredSecrets& stored,
                                               const Identity& identity, Purpose purpose,
                                               std::vector<std::string>& notes) {
  if (const auto path = systemd_directory(); !path.empty()) {
    VMCRED_TRY_ASSIGN(const UniqueFd directory, credential::open_directory(path));
    if (is_root() && purpose == Purpose::start) VMCRED_TRY(become(identity));
    return read_secrets(vm, directory.get());
  }
  if (!is_root() || purpose == Purpose::dry_run) return read_own_secrets(vm, stored, notes);
  VMCRED_TRY_ASSIGN(const UniqueFd directory, load_like_systemd(vm, stored, identity, notes));
  VMCRED_TRY(become(identity));
  return read_secrets(vm, directory.get());
}

// The devices that the VMM is going to open as the user that it runs as.
Result<void> check_devices(const vmm::HostFacts& host, const std::string& user) {
  const auto refused = [&](std::string_view device) {
    return base::Error{.kind = base::ErrorKind::host,
                       .what = concat("user ", base::quoted(user), " may not open ", device),
                       .hint = concat("add it to the group of that device: usermod -aG kvm ", user)};
  };
  if (host.kvm && !may_open("/dev/kvm")) return refused("/dev/kvm");
  if (host.vsock == vmm::VsockBackEnd::vhost && !may_open(k_vhost_vsock)) return refused(k_vhost_vsock);
  return {};
}

// Makes this process the VM's, and the VM's directory its own.
Result<UniqueFd> claim(const VirtualMachine& vm, const std::string& directory, const Identity& identity) {
  VMCRED_TRY(make_runtime_directory(directory, identity));
  VMCRED_TRY_ASSIGN(UniqueFd claim, claim_vm(directory, vm.hypervisor, identity));
  remove_sockets(directory);
  return claim;
}

Result<PreparedStart> prepare(const VirtualMachine& vm, StoredSecrets& stored, Purpose purpose) {
  VMCRED_TRY(harden_process());
  PreparedStart prepared;
  prepared.vm = vm;
  vmm::HostFacts& host = prepared.host;
  VMCRED_TRY(check_host(vm, purpose, host));

  const bool starts = purpose == Purpose::start;
  Identity identity = own_identity();
  if (is_root() && starts) { VMCRED_TRY_ASSIGN(identity, find_identity(vm)); }
  if (starts) { VMCRED_TRY_ASSIGN(prepared.claim, claim(vm, host.runtime_directory, identity)); }
  VMCRED_TRY_ASSIGN(const std::string memory, shared_runtime_directory());
  VMCRED_TRY_ASSIGN(const AcceleratorChoice accelerator, choose_accelerator(vm, memory));
  host.kvm = accelerator.kvm;
  if (!accelerator.note.empty()) prepared.notes.push_back(accelerator.note);
  Surroundings surroundings;
  if (starts) {
    const auto other = is_root() ? std::optional(identity) : std::nullopt;
    VMCRED_TRY_ASSIGN(surroundings, set_up_surroundings(vm, host, other));
    host.notify_address = surroundings.channel.notify_address;
    // What `systemctl status` shows meanwhile. A manager that does not listen is no reason not to start.
    static_cast<void>(systemd::notify("STATUS=Reading credentials"));
  }
  prepared.guest_tells_when_ready = !host.notify_address.empty();

  VMCRED_TRY_ASSIGN(prepared.set, load_secrets(vm, stored, identity, purpose, prepared.notes));
  // A guest that fetches its credentials when it is up would learn too late where to report to.
  const std::string_view address = vmm::is_fetched(vm) ? "" : std::string_view(host.notify_address);
  VMCRED_TRY(add_static_values_and_manifest(vm, address, prepared.set));
  prepared.outlines = vmm::outlines_of(prepared.set);
  VMCRED_TRY_ASSIGN(prepared.plan, vmm::plan_launch(vm, prepared.outlines, host));

  if (starts) VMCRED_TRY(check_devices(host, identity.name));
  VMCRED_TRY(wait_for_surroundings(surroundings, host.runtime_directory));
  return prepared;
}

}  // namespace

Result<PreparedStart> prepare_start(const VirtualMachine& vm, StoredSecrets& stored, Purpose purpose) {
  const std::string context = concat("vm ", base::quoted(vm.name));
  auto prepared = prepare(vm, stored, purpose);
  if (prepared || prepared.error().what.starts_with(context)) return prepared;
  return in(context, std::move(prepared));
}

}  // namespace vmcred::runner
