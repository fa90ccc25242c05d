// SPDX-License-Identifier: Apache-2.0
#include "vmm/plan_builder.h"

#include <algorithm>
#include <numeric>

#include "base/text.h"
#include "vmm/kernel_line.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {

using base::concat;
using config::Transport;

PlanBuilder::PlanBuilder(const config::VirtualMachine& vm, const HostFacts& host,
                         std::span<const CredentialOutline> outlines, Transport transport)
    : m_vm(vm), m_host(host), m_outlines(outlines), m_transport(transport) {
  m_plan.program = host.program;
  m_plan.process_name = vm.process_name;
}

void PlanBuilder::add(std::string argument) { m_plan.arguments.push_back({.text = std::move(argument)}); }

void PlanBuilder::add(std::string option, std::string value) {
  add(std::move(option));
  add(std::move(value));
}

void PlanBuilder::add_file(std::string text, PlannedFile file) {
  m_plan.arguments.push_back({.text = std::move(text), .file = plan_file(std::move(file))});
}

void PlanBuilder::add_descriptors(std::string text, std::vector<std::size_t> descriptors) {
  m_plan.arguments.push_back({.text = std::move(text), .descriptors = std::move(descriptors)});
}

void PlanBuilder::add_extra_args() {
  for (const auto& argument : m_vm.extra_args) add(argument);
}

std::size_t PlanBuilder::plan_descriptor(PlannedDescriptor::Kind kind, std::string path) {
  m_plan.descriptors.push_back({.kind = kind, .path = std::move(path)});
  return m_plan.descriptors.size() - 1;
}

std::string PlanBuilder::macvtap_path(const config::Interface& interface) const {
  // Before a dry run nobody has made the interface.
  const auto device = std::ranges::find(m_host.macvtap, interface.id, &MacvtapDevice::interface);
  return device == m_host.macvtap.end() ? concat("/dev/tap-of-", interface.id) : device->path;
}

std::vector<std::size_t> PlanBuilder::plan_macvtap(const config::Interface& interface, unsigned queues) {
  std::vector<std::size_t> descriptors;
  for (unsigned i = 0; i < queues; ++i)
    descriptors.push_back(plan_descriptor(PlannedDescriptor::Kind::device, macvtap_path(interface)));
  return descriptors;
}

PlannedFile PlanBuilder::initrd_file() const {
  PlannedFile file{.content = PlannedFile::Content::initrd,
                   .credentials = std::vector<std::size_t>(m_outlines.size()),
                   .size = 0,
                   .initrd = m_vm.initrd,
                   .next_init = needs_shim(m_vm, m_transport) ? next_init(m_vm) : ""};
  std::iota(file.credentials.begin(), file.credentials.end(), std::size_t{0});
  for (const auto& outline : m_outlines) file.size += outline.size;
  return file;
}

std::size_t PlanBuilder::plan_file(PlannedFile file) {
  m_plan.files.push_back(std::move(file));
  return m_plan.files.size() - 1;
}

void PlanBuilder::add_initrd(std::string option) {
  if (m_vm.initrd.empty()) return;
  add(std::move(option));
  if (by_initrd())
    add_file("", initrd_file());
  else
    add(m_vm.initrd);
}

std::string PlanBuilder::kernel_line() const { return vmm::kernel_line(m_vm, m_host, m_transport); }

std::string PlanBuilder::socket_path(std::string_view name) const {
  return concat(m_host.runtime_directory, "/", name);
}

std::string PlanBuilder::share_socket(const config::Share& share) const {
  return socket_path(share_socket_name(share));
}

void PlanBuilder::request(std::string path, std::vector<BodyPiece> body,
                          std::vector<std::size_t> descriptors) {
  m_plan.requests.push_back({.method = "PUT",
                             .path = std::move(path),
                             .body = std::move(body),
                             .descriptors = std::move(descriptors)});
}

LaunchPlan PlanBuilder::take() && {
  if (m_transport == Transport::vsock) m_plan.pull = PlannedPull{.channel = PlannedPull::Channel::vsock};
  if (m_transport == Transport::virtio_serial)
    m_plan.pull = PlannedPull{.channel = PlannedPull::Channel::virtio_serial};
  return std::move(m_plan);
}

std::string share_socket_name(const config::Share& share) {
  return concat(k_virtiofs_socket_prefix, share.tag, k_virtiofs_socket_suffix);
}

std::string uuid_text(std::string_view machine_id) {
  return concat(machine_id.substr(0, 8), "-", machine_id.substr(8, 4), "-", machine_id.substr(12, 4), "-",
                machine_id.substr(16, 4), "-", machine_id.substr(20));
}

bool has_virtiofs(const config::VirtualMachine& vm) {
  return std::ranges::any_of(
      vm.shares, [](const auto& share) { return share.protocol == config::Share::Protocol::virtiofs; });
}

}  // namespace vmcred::vmm
