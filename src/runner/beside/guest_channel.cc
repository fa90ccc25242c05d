// SPDX-License-Identifier: Apache-2.0
#include "runner/beside/guest_channel.h"

#include <fcntl.h>
#include <linux/vm_sockets.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <algorithm>
#include <cstdlib>
#include <memory>

#include "base/file.h"
#include "base/text.h"
#include "runner/beside/companion.h"
#include "runner/beside/notify_relay.h"
#include "runner/beside/vsock_device.h"
#include "runner/host/vsock.h"

namespace vmcred::runner {
namespace {

using base::concat;
using base::Result;
using base::UniqueFd;
using config::VirtualMachine;
using vmm::VsockBackEnd;

std::string manager_address() {
  const char* address = std::getenv("NOTIFY_SOCKET");
  return address == nullptr ? "" : address;
}

bool has_address_of_its_own(const VirtualMachine& vm) {
  const auto is_it = [](const auto& entry) { return entry.credential.text() == credential::k_notify_name; };
  return std::ranges::any_of(vm.secrets, is_it) || std::ranges::any_of(vm.static_values, is_it);
}

// Where it reports to needs no words of its own.
Result<void> close_standard_error() {
  VMCRED_TRY_ASSIGN(const UniqueFd nothing, base::open_file("/dev/null", O_RDWR));
  if (::dup2(nothing.get(), STDERR_FILENO) < 0) return base::errno_error("/dev/null");
  return {};
}

// In the relay's own process, whose parent is the VMM or will be.
Result<CompanionWork> prepare_relay(const VirtualMachine& vm, VsockBackEnd back_end, std::uint32_t port,
                                    const std::string& runtime_directory) {
  NotifyRelayEnds ends;
  VMCRED_TRY_ASSIGN(ends.listener, listen_for_guest(back_end, port, runtime_directory));
  if (back_end == VsockBackEnd::vhost) ends.guest_cid = vm.vsock_cid;
  ends.manager = manager_address();
  ends.vmm = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, ::getppid(), 0)));
  if (!ends.vmm.valid()) return base::errno_error("the VMM's process");
  VMCRED_TRY(close_standard_error());
  ::prctl(PR_SET_NAME, "vmcred-notify");
  return CompanionWork([relay = std::make_shared<NotifyRelay>(std::move(ends))] { relay->run(); });
}

}  // namespace

Result<GuestChannel> open_guest_channel(const VirtualMachine& vm, const std::optional<VsockBackEnd>& back_end,
                                        const std::string& runtime_directory,
                                        const std::optional<Identity>& identity) {
  GuestChannel channel;
  if (!back_end) return channel;
  if (*back_end == VsockBackEnd::vhost_user) {
    VMCRED_TRY_ASSIGN(channel.device, start_vsock_device(vm, runtime_directory, identity));
  }
  if (manager_address().empty() || has_address_of_its_own(vm)) return channel;
  VMCRED_TRY_ASSIGN(const std::uint32_t port, notify_port(vm, *back_end));
  VMCRED_TRY(
      start_companion(identity, [&] { return prepare_relay(vm, *back_end, port, runtime_directory); }));
  channel.notify_address = concat("vsock-stream:", VMADDR_CID_HOST, ":", port);
  return channel;
}

}  // namespace vmcred::runner
