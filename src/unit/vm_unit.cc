// SPDX-License-Identifier: Apache-2.0
#include "unit/vm_unit.h"

#include <algorithm>

#include "base/text.h"
#include "config/unit_names.h"
#include "unit/credential_lines.h"
#include "unit/head.h"
#include "unit/hidden_paths.h"
#include "unit/sandbox.h"
#include "unit/vm_devices.h"
#include "unit/vm_storage.h"
#include "vmm/capability.h"

namespace vmcred::unit {
namespace {

using base::concat;
using base::Result;
using config::Accelerator;
using config::Hypervisor;
using config::VirtualMachine;
using systemd::command_word;
using systemd::list_word;
using systemd::UnitText;

constexpr unsigned k_restart_delay_s = 5;
constexpr unsigned k_restarts = 5;

// In place of a key, above lines that no key changes.
constexpr std::string_view k_always = "always";

// Beside the guest's own time to shut down, for ending the hypervisor of one that does not.
constexpr unsigned k_end_of_hypervisor_s = 15;

// Under systemd another process than the main one may say that the VM is ready: the guest's voice, or whoever
// gives the hypervisor its VM through its API.
bool others_tell_when_ready(const VirtualMachine& vm) {
  return vm.vsock_cid || vmm::capability_of(vm).by_requests;
}

// The files that the VM's process reads itself.
std::vector<std::string_view> files_of(const VirtualMachine& vm, const Surroundings& surroundings) {
  std::vector<std::string_view> files = {surroundings.config, vm.kernel};
  if (!vm.initrd.empty()) files.push_back(vm.initrd);
  if (vm.program.starts_with('/')) files.push_back(vm.program);
  return files;
}

// `read` holds the texts that the result points to.
UsedPaths used_paths(const VirtualMachine& vm, const Surroundings& surroundings,
                     const std::vector<std::string>& read) {
  UsedPaths paths{.needed = files_of(vm, surroundings),
                  .optional = {pins_of(surroundings)},
                  .written = written_storage_of(vm)};
  paths.needed.insert(paths.needed.end(), read.begin(), read.end());
  return paths;
}

void add_provider_order(const VirtualMachine& vm, UnitText& text) {
  if (!uses_provider(vm)) return;
  // Not Requires=: to stop the provider must not stop VMs. Without its socket a start fails.
  text.comment("secrets that come from the store");
  text.set("Wants", config::k_provider_socket_unit);
  text.set("After", config::k_provider_socket_unit);
}

// systemd takes the number of macvtaps' devices from the kernel's list when it begins the unit; the kernel
// itself would load the module only for the first interface, which is later.
void add_module(const VirtualMachine& vm, UnitText& text) {
  static constexpr std::string_view k_module_unit = "modprobe@macvtap.service";
  if (!has_macvtap(vm)) return;
  text.comment("interfaces of type macvtap: their module, for DeviceAllow=char-macvtap");
  text.set("Wants", k_module_unit);
  text.set("After", k_module_unit);
}

// However long each attempt takes, so many fit into the interval, and then it is over.
void add_start_limit(const VirtualMachine& vm, UnitText& text) {
  const unsigned attempt_s =
      vm.start_timeout_s + vm.stop_timeout_s + k_end_of_hypervisor_s + k_restart_delay_s;
  text.comment("start_timeout, stop_timeout: after so many failures it stays down");
  text.set("StartLimitIntervalSec", k_restarts * attempt_s);
  text.set("StartLimitBurst", k_restarts);
}

Result<void> add_unit_section(const VirtualMachine& vm, const Surroundings& surroundings, UnitText& text) {
  VMCRED_TRY(add_head(concat("microVM ", vm.name), surroundings, text));
  text.comment("kernel, initrd, program", vm.volumes.empty() ? "" : ", volumes",
               vm.shares.empty() ? "" : ", shares");
  std::string mounts;
  for (const std::string_view file : files_of(vm, surroundings))
    mounts += concat(mounts.empty() ? "" : " ", list_word(file));
  for (const auto& path : storage_of(vm)) mounts += concat(" ", list_word(path));
  text.set("RequiresMountsFor", mounts);
  if (network_of(vm) != Network::none) {
    text.comment("extra_args, interfaces");
    text.set("After", "network.target");
  }
  add_module(vm, text);
  add_provider_order(vm, text);
  add_start_limit(vm, text);
  return {};
}

void add_commands(const VirtualMachine& vm, const Surroundings& surroundings, UnitText& text) {
  const std::string program = command_word(surroundings.programs.vmcred);
  const std::string config = command_word(surroundings.config);
  text.comment(vm.vsock_cid ? "vsock.cid: ready when the guest says so"
                            : "no vsock.cid: ready when the hypervisor has all secrets");
  text.set("Type", "notify");
  if (others_tell_when_ready(vm)) text.set("NotifyAccess", "all");
  if (std::ranges::any_of(vm.interfaces, config::is_on_host)) {
    const std::string network = concat(program, " vm network ", vm.name, " --config ", config);
    text.comment("interfaces: as root, which keeps of that only what it takes to change the network");
    text.set("ExecStartPre", "+", network, " --up");
    text.set("ExecStopPost", "+-", network, " --down");
  }
  text.set("ExecStart", program, " vm run ", vm.name, " --config ", config);
  text.set("ExecStop", program, " vm stop ", vm.name, " --config ", config, " --timeout ", vm.stop_timeout_s);
  text.comment("for 'vmcred vm status' and 'rollback', as root");
  text.set("ExecStartPost", "+-", program, " vm record ", vm.name, " --config ", config);
  if (vm.machined) {
    const std::string call = concat("+-", command_word(surroundings.programs.busctl),
                                    " call --quiet org.freedesktop.machine1 /org/freedesktop/machine1 "
                                    "org.freedesktop.machine1.Manager ");
    text.comment("machined");
    text.set("ExecStartPost", call, "RegisterMachine sayssus ", vm.name, " 0 vmcred vm $MAINPID \"\"");
    text.set("ExecStopPost", call, "UnregisterMachine s ", vm.name);
  }
  text.comment("start_timeout, stop_timeout");
  text.set("TimeoutStartSec", vm.start_timeout_s);
  text.set("TimeoutStopSec", vm.stop_timeout_s + k_end_of_hypervisor_s);
  text.comment(k_always);
  text.set("KillMode", "mixed");
}

void add_restart(UnitText& text) {
  text.set("Restart", "on-failure");
  text.set("RestartSec", k_restart_delay_s);
  text.comment(
      "a wrong command line or config, a refusal, what this version can't do: no restart mends that");
  text.set("RestartPreventExitStatus", "2 3 5 7");
}

void add_user(const VirtualMachine& vm, UnitText& text) {
  if (!vm.user.empty()) {
    text.comment("user");
    text.set("User", vm.user);
  } else {
    text.comment("no user: one that is there while the VM runs, unless the host has one of this name");
    text.set("User", config::user_name(vm));
    text.set("DynamicUser", "yes");
  }
  text.comment(k_always);
  text.set("RuntimeDirectory", "vmcred/", vm.name);
  text.set("RuntimeDirectoryMode", "0700");
  text.set("StateDirectory", "vmcred/", vm.name);
  text.set("StateDirectoryMode", "0700");
}

void add_memory(const VirtualMachine& vm, UnitText& text) {
  if (!vm.allow_swap) {
    text.comment("no allow_swap");
    text.set("MemorySwapMax", "0");
  }
  if (vmm::has_device(vm, config::Device::Bus::pci)) {
    text.comment("devices: the guest's memory is pinned for them");
    text.set("LimitMEMLOCK", "infinity");
  }
  if (vm.hypervisor == Hypervisor::qemu && vm.accelerator != Accelerator::kvm) return;
  text.comment("hypervisor, accelerator: nothing is compiled under KVM");
  text.set("MemoryDenyWriteExecute", "yes");
}

}  // namespace

Result<std::string> vm_unit(const VirtualMachine& vm, const Surroundings& surroundings) {
  const auto read = read_storage_of(vm);
  const auto add_all = [&](UnitText& text) -> Result<void> {
    VMCRED_TRY(add_unit_section(vm, surroundings, text));
    text.section("Service");
    add_commands(vm, surroundings, text);
    add_restart(text);
    VMCRED_TRY(add_credentials(vm, text));
    add_user(vm, text);
    add_devices(vm, text);
    VMCRED_TRY(add_hidden_paths(used_paths(vm, surroundings, read), text));
    text.comment(k_always);
    text.set("ProtectProc", "invisible");
    text.set("OOMPolicy", "kill");
    text.comment("the guest's console: a line that begins with <0> is no emergency of this host's");
    text.set("SyslogLevelPrefix", "no");
    text.comment(k_always);
    text.add(k_common_sandbox);
    text.comment("for QEMU's own sandbox");
    text.set("SystemCallFilter", "seccomp");
    add_memory(vm, text);
    return {};
  };
  UnitText text;
  if (auto added = add_all(text); !added) return in(concat("vm ", base::quoted(vm.name)), std::move(added));
  return std::move(text).take();
}

Result<std::string> vm_drop_in(const VirtualMachine& vm, const Surroundings& surroundings) {
  const auto add_all = [&](UnitText& text) -> Result<void> {
    VMCRED_TRY(add_drop_in_head(surroundings, text));
    add_provider_order(vm, text);
    add_start_limit(vm, text);
    text.section("Service");
    VMCRED_TRY(add_credentials(vm, text));
    text.comment(k_always);
    text.add(k_foreign_sandbox);
    if (vm.allow_swap) return {};
    text.comment("no allow_swap");
    text.set("MemorySwapMax", "0");
    return {};
  };
  UnitText text;
  if (auto added = add_all(text); !added) return in(concat("vm ", base::quoted(vm.name)), std::move(added));
  return std::move(text).take();
}

}  // namespace vmcred::unit
