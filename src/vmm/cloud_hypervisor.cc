// SPDX-License-Identifier: Apache-2.0
#include "vmm/cloud_hypervisor.h"

#include <algorithm>

#include "base/text.h"
#include "vmm/capability.h"
#include "vmm/carriage.h"
#include "vmm/json_body.h"
#include "vmm/plan_builder.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Interface;
using config::Share;
using config::Transport;
using config::Volume;

constexpr std::uint64_t k_mib = 1024 * 1024;

// Of a request's body: the default of the library that serves the API, raised after v53.
constexpr Version k_first_with_large_bodies = {.major = 54, .minor = 0};
constexpr std::size_t k_large_body_bytes = 4 * 1024 * 1024;

std::size_t most_bytes(const config::VirtualMachine& vm, const HostFacts& host) {
  if (host.version && *host.version >= k_first_with_large_bodies) return k_large_body_bytes;
  return offer(capability_of(vm), Transport::smbios)->request_bytes;
}

void write_memory(JsonBody& body, const config::VirtualMachine& vm) {
  body.begin_object("memory").number("size", vm.mem_mib * k_mib);
  body.flag("shared", has_virtiofs(vm)).flag("hugepages", vm.hugepages);
  if (vm.hotplug_mem_mib > 0)
    body.text("hotplug_method", "VirtioMem")
        .number("hotplug_size", vm.hotplug_mem_mib * k_mib)
        .number("hotplugged_size", vm.hotplugged_mem_mib * k_mib);
  body.end_object();
}

void write_payload(JsonBody& body, PlanBuilder& plan) {
  const auto& vm = plan.vm();
  body.begin_object("payload").text("kernel", vm.kernel).text("cmdline", plan.kernel_line());
  if (plan.by_initrd())
    body.later("initramfs", "", BodyPiece::Value::file, plan.plan_file(plan.initrd_file()));
  else if (!vm.initrd.empty())
    body.text("initramfs", vm.initrd);
  body.end_object();
}

void write_platform(JsonBody& body, const PlanBuilder& plan, std::span<const CredentialOutline> outlines,
                    const Assignment& assignment) {
  const auto& vm = plan.vm();
  if (vm.machine_id.empty() && assignment.smbios_structures.empty()) return;
  body.begin_object("platform");
  // Known to all versions under this name; newer ones call it system_uuid.
  if (!vm.machine_id.empty()) body.text("uuid", uuid_text(vm.machine_id));
  for (const auto& indexes : assignment.smbios_structures) {
    body.begin_array("oem_strings");
    for (const auto i : indexes)
      body.later(concat("io.systemd.credential.binary:", outlines[i].name.text(), "="),
                 BodyPiece::Value::credential, i);
    body.end_array();
  }
  body.end_object();
}

void write_disks(JsonBody& body, const config::VirtualMachine& vm) {
  if (vm.volumes.empty()) return;
  body.begin_array("disks");
  for (const auto& volume : vm.volumes) {
    body.begin_object().text("path", volume.image).flag("readonly", volume.read_only);
    body.flag("direct", volume.direct);
    body.text("image_type", volume.format == Volume::Format::qcow2 ? "Qcow2" : "Raw");
    if (!volume.serial.empty()) body.text("serial", volume.serial);
    body.end_object();
  }
  body.end_array();
}

void write_interface(JsonBody& body, const config::VirtualMachine& vm, const Interface& interface) {
  body.begin_object().text("id", interface.id);
  if (interface.type == Interface::Type::tap) body.text("tap", interface.id);
  body.text("mac", interface.mac);
  body.number("num_queues", 2 * std::uint64_t{queue_pairs(vm)}).end_object();
}

void write_interfaces(JsonBody& body, const config::VirtualMachine& vm) {
  if (std::ranges::find(vm.interfaces, Interface::Type::tap, &Interface::type) == vm.interfaces.end()) return;
  body.begin_array("net");
  for (const auto& interface : vm.interfaces)
    if (interface.type == Interface::Type::tap) write_interface(body, vm, interface);
  body.end_array();
}

void write_shares(JsonBody& body, const PlanBuilder& plan) {
  if (!has_virtiofs(plan.vm())) return;
  body.begin_array("fs");
  for (const auto& share : plan.vm().shares)
    if (share.protocol == Share::Protocol::virtiofs)
      body.begin_object()
          .text("tag", share.tag)
          .text("socket", plan.share_socket(share))
          .number("num_queues", 1)
          .number("queue_size", 1024)
          .end_object();
  body.end_array();
}

void write_host_devices(JsonBody& body, const config::VirtualMachine& vm) {
  if (vm.devices.empty()) return;
  body.begin_array("devices");
  for (const auto& device : vm.devices)
    body.begin_object().text("path", concat("/sys/bus/pci/devices/", device.path, "/")).end_object();
  body.end_array();
}

void write_channels(JsonBody& body, const PlanBuilder& plan) {
  const auto& vm = plan.vm();
  if (vm.vsock_cid)
    body.begin_object("vsock")
        .number("cid", *vm.vsock_cid)
        .text("socket", plan.socket_path(k_vsock_socket))
        .end_object();
  body.begin_object("serial").text("mode", "Tty").end_object();
  body.begin_object("console").text("mode", "Off").end_object();
}

void write_balloon(JsonBody& body, const config::VirtualMachine& vm) {
  if (!vm.balloon) return;
  body.begin_object("balloon")
      .number("size", vm.balloon->initial_mib * k_mib)
      .flag("deflate_on_oom", vm.balloon->deflate_on_oom)
      .flag("free_page_reporting", true)
      .end_object();
}

std::vector<BodyPiece> write_vm(PlanBuilder& plan, std::span<const CredentialOutline> outlines,
                                const Assignment& assignment) {
  const auto& vm = plan.vm();
  JsonBody body;
  body.begin_object();
  body.begin_object("cpus").number("boot_vcpus", vm.vcpu).number("max_vcpus", vm.vcpu).end_object();
  write_memory(body, vm);
  write_payload(body, plan);
  write_platform(body, plan, outlines, assignment);
  write_disks(body, vm);
  write_interfaces(body, vm);
  write_shares(body, plan);
  write_host_devices(body, vm);
  write_channels(body, plan);
  write_balloon(body, vm);
  body.begin_object("rng").text("src", "/dev/urandom").end_object();
  body.flag("watchdog", true).end_object();
  return std::move(body).take();
}

// The descriptors of an interface go along with a request of its own.
void add_macvtap_requests(PlanBuilder& plan) {
  for (const auto& interface : plan.vm().interfaces) {
    if (interface.type != Interface::Type::macvtap) continue;
    JsonBody body;
    write_interface(body, plan.vm(), interface);
    plan.request("/api/v1/vm.add-net", std::move(body).take(),
                 plan.plan_macvtap(interface, queue_pairs(plan.vm())));
  }
}

struct Planned {
  LaunchPlan plan;
  std::size_t body_bytes;  // of the largest request
};

Planned plan_with(const config::VirtualMachine& vm, std::span<const CredentialOutline> outlines,
                  const HostFacts& host, const Carriage& carriage) {
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  const std::string socket = plan.socket_path(k_api_socket);
  plan.add("--api-socket");
  plan.add_descriptors("fd=", {plan.plan_descriptor(PlannedDescriptor::Kind::listener, socket)});
  plan.add_extra_args();
  plan.set_api_socket(socket);
  auto body = write_vm(plan, outlines, carriage.assignment);
  const std::size_t bytes = most_body_bytes(body, outlines);
  plan.request("/api/v1/vm.create", std::move(body));
  add_macvtap_requests(plan);
  plan.request("/api/v1/vm.boot", {});
  return {.plan = std::move(plan).take(), .body_bytes = bytes};
}

}  // namespace

base::Result<LaunchPlan> plan_cloud_hypervisor(const config::VirtualMachine& vm,
                                               std::span<const CredentialOutline> outlines,
                                               const HostFacts& host) {
  const std::string context = concat("vm ", base::quoted(vm.name));
  VMCRED_TRY_ASSIGN(Carriage carriage, choose_carriage(vm, outlines));
  auto planned = plan_with(vm, outlines, host, carriage);
  const std::size_t most = most_bytes(vm, host);
  if (planned.body_bytes > most && vm.transport == Transport::automatic &&
      !carriage.assignment.smbios_structures.empty()) {
    auto by_initrd = carry_by_initrd(vm, outlines);
    if (!by_initrd) return in(context, std::move(by_initrd));
    planned = plan_with(vm, outlines, host, *by_initrd);
  }
  if (planned.body_bytes > most)
    return base::Error{
        .kind = base::ErrorKind::credential,
        .what = concat(context, ": the request that describes the VM with its credentials has ",
                       base::byte_count(planned.body_bytes), ", and this cloud-hypervisor takes ",
                       base::byte_count(most)),
        .hint = "set transport = \"initrd\""};
  return std::move(planned.plan);
}

}  // namespace vmcred::vmm
