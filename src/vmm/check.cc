// SPDX-License-Identifier: Apache-2.0
#include "vmm/check.h"

#include <algorithm>

#include "base/text.h"
#include "vmm/kernel_line.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using base::quoted;

// "qemu, crosvm or vfkit": each hypervisor once, whichever of its machines it is.
std::string hypervisors_that(bool (*has)(const Capability&)) {
  std::vector<std::string> names;
  for (const auto& row : capabilities())
    if (std::string name(config::spelling(row.hypervisor));
        has(row) && std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  if (names.size() < 2) return names.empty() ? "" : names.front();
  const std::string last = std::move(names.back());
  names.pop_back();
  return concat(base::join(names, ", "), " or ", last);
}

void check_cpus(Findings& findings) {
  const auto& vm = findings.vm;
  const auto& can = findings.can;
  if (can.most_cpus > 0 && vm.vcpu > can.most_cpus)
    findings.add("vcpu", concat(findings.name, " takes at most ", can.most_cpus, " CPUs, not ", vm.vcpu),
                 concat("set vcpu = ", can.most_cpus, ", or less"));
  if (!vm.cpu.empty() && !can.cpu_model)
    findings.lacks("cpu", "choice of a CPU model", [](const Capability& row) { return row.cpu_model; });
}

// The line that the transport makes longest, with an address for notifications that is longer than any.
void check_kernel_line(Findings& findings) {
  const auto most = kernel_line_room(findings.vm);
  if (!most) return;
  HostFacts host{.program = "", .runtime_directory = "", .kvm = true};
  host.notify_address = "vsock-stream:2:4294967295";
  const std::size_t bytes = kernel_line(findings.vm, host, first_transport(findings.vm)).size();
  if (bytes > *most)
    findings.add("kernel_params",
                 concat("the kernel's command line would have ", base::byte_count(bytes), ", and ",
                        findings.name, " takes ", base::byte_count(*most), " of it besides its devices"),
                 "shorten 'kernel_params'");
}

// `refused` are the characters that the hypervisor's option can't carry in this path.
void check_path(Findings& findings, std::string key, std::string_view path, std::string_view refused) {
  const std::size_t at = path.find_first_of(refused);
  if (at == std::string_view::npos) return;
  findings.add(
      std::move(key),
      concat(findings.name, " can't have ", quoted(path.substr(at, 1)), " in a path: ", quoted(path)),
      "rename the file, or link to it by another name");
}

void check_paths(Findings& findings) {
  const auto& vm = findings.vm;
  const auto& refused = findings.can.not_in_paths;
  check_path(findings, "kernel", vm.kernel, refused.boot);
  check_path(findings, "initrd", vm.initrd, refused.boot);
  for (std::size_t i = 0; i < vm.volumes.size(); ++i)
    check_path(findings, concat("volumes[", i, "].image"), vm.volumes[i].image, refused.volumes);
  for (std::size_t i = 0; i < vm.shares.size(); ++i)
    check_path(findings, concat("shares[", i, "].source"), vm.shares[i].source, refused.shares);
}

void check_screen(Findings& findings) {
  if (findings.vm.graphics && !findings.can.graphics)
    findings.lacks("graphics", "screen", [](const Capability& row) { return row.graphics; });
}

void check_vsock(Findings& findings) {
  using config::VsockDevice;
  const auto device = findings.vm.vsock_device;
  const auto has = [&](VsockBackEnd back_end) {
    return std::ranges::find(findings.can.vsock, back_end) != findings.can.vsock.end();
  };
  if ((device == VsockDevice::vhost && !has(VsockBackEnd::vhost)) ||
      (device == VsockDevice::vhost_user && !has(VsockBackEnd::vhost_user)))
    findings.add("vsock.device",
                 concat(findings.name, " has no virtio socket by ", quoted(config::spelling(device))),
                 "leave 'vsock.device' out");
  if (findings.vm.hypervisor == config::Hypervisor::vfkit && findings.vm.vsock_cid)
    findings.add("vsock.cid", "vfkit numbers its guests itself: it takes no CID", "leave 'vsock' out");
}

}  // namespace

void Findings::add(std::string key, std::string sentence, std::string hint) {
  m_findings.push_back({.key = std::move(key), .sentence = std::move(sentence), .hint = std::move(hint)});
}

void Findings::lacks(std::string key, std::string_view thing, std::string other_way) {
  add(std::move(key), concat(name, " has no ", thing), std::move(other_way));
}

void Findings::lacks(std::string key, std::string_view thing, bool (*has)(const Capability&)) {
  lacks(std::move(key), thing, concat("leave it out, or use hypervisor ", hypervisors_that(has)));
}

std::vector<config::VmFinding> check_vm(const config::VirtualMachine& vm) {
  Findings findings(vm, capability_of(vm));
  check_cpus(findings);
  check_memory(findings);
  check_kernel_line(findings);
  check_transport(findings);
  check_vsock(findings);
  check_screen(findings);
  check_volumes(findings);
  check_shares(findings);
  check_interfaces(findings);
  check_devices(findings);
  check_paths(findings);
  return std::move(findings).take();
}

}  // namespace vmcred::vmm
