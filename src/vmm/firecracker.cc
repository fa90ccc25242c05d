// SPDX-License-Identifier: Apache-2.0
#include "vmm/firecracker.h"

#include "base/text.h"
#include "vmm/capability.h"
#include "vmm/carriage.h"
#include "vmm/json_body.h"
#include "vmm/plan_builder.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Transport;

// Of a request's body, and of what its metadata service keeps, unless more is asked for.
constexpr std::size_t k_default_body_bytes = 51'200;

constexpr Version k_first_with_page_reporting = {.major = 1, .minor = 14};

std::vector<BodyPiece> boot_source(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  JsonBody body;
  body.begin_object().text("kernel_image_path", vm.kernel).text("boot_args", plan.kernel_line());
  if (plan.by_initrd())
    body.later("initrd_path", "", BodyPiece::Value::file, plan.plan_file(plan.initrd_file()));
  else if (!vm.initrd.empty())
    body.text("initrd_path", vm.initrd);
  body.end_object();
  return std::move(body).take();
}

std::vector<BodyPiece> machine_config(const config::VirtualMachine& vm) {
  JsonBody body;
  body.begin_object().number("vcpu_count", vm.vcpu).number("mem_size_mib", vm.mem_mib);
  if (vm.hugepages) body.text("huge_pages", "2M");
  body.end_object();
  return std::move(body).take();
}

void add_drives(PlanBuilder& plan) {
  const auto& volumes = plan.vm().volumes;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const std::string id = concat("volume", i);
    JsonBody body;
    body.begin_object().text("drive_id", id).text("path_on_host", volumes[i].image);
    body.flag("is_root_device", false).flag("is_read_only", volumes[i].read_only).end_object();
    plan.request(concat("/drives/", id), std::move(body).take());
  }
}

// Its names for interfaces are letters, digits and underscores; the host's may have more.
std::string interface_id(std::size_t index) { return concat("net", index); }

void add_interfaces(PlanBuilder& plan) {
  const auto& interfaces = plan.vm().interfaces;
  for (std::size_t i = 0; i < interfaces.size(); ++i) {
    JsonBody body;
    body.begin_object().text("iface_id", interface_id(i)).text("host_dev_name", interfaces[i].id);
    body.text("guest_mac", interfaces[i].mac).end_object();
    plan.request(concat("/network-interfaces/", interface_id(i)), std::move(body).take());
  }
}

void add_vsock(PlanBuilder& plan) {
  if (!plan.vm().vsock_cid) return;
  JsonBody body;
  body.begin_object()
      .number("guest_cid", *plan.vm().vsock_cid)
      .text("uds_path", plan.socket_path(k_vsock_socket))
      .end_object();
  plan.request("/vsock", std::move(body).take());
}

void add_balloon(PlanBuilder& plan) {
  const auto& balloon = plan.vm().balloon;
  if (!balloon) return;
  JsonBody body;
  body.begin_object()
      .number("amount_mib", balloon->initial_mib)
      .flag("deflate_on_oom", balloon->deflate_on_oom);
  if (plan.host().version && *plan.host().version >= k_first_with_page_reporting)
    body.flag("free_page_reporting", true);
  body.end_object();
  plan.request("/balloon", std::move(body).take());
}

// The store, and who may ask it: {"vmcred": {"archive": BASE64}} behind the first interface.
void add_metadata(PlanBuilder& plan, std::vector<BodyPiece> store) {
  JsonBody body;
  body.begin_object().text("version", "V2").begin_array("network_interfaces").text(interface_id(0));
  body.end_array().end_object();
  plan.request("/mmds/config", std::move(body).take());
  plan.request("/mmds", std::move(store));
}

std::vector<BodyPiece> metadata_store() {
  JsonBody body;
  body.begin_object().begin_object("vmcred").later("archive", "", BodyPiece::Value::archive, 0);
  body.end_object().end_object();
  return std::move(body).take();
}

void add_start(PlanBuilder& plan) {
  plan.request("/entropy", std::move(JsonBody().begin_object().end_object()).take());
  JsonBody body;
  body.begin_object().text("action_type", "InstanceStart").end_object();
  plan.request("/actions", std::move(body).take());
}

}  // namespace

base::Result<LaunchPlan> plan_firecracker(const config::VirtualMachine& vm,
                                          std::span<const CredentialOutline> outlines,
                                          const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  const std::string socket = plan.socket_path(k_api_socket);
  plan.add("--api-sock", socket);
  plan.add("--id", vm.name);
  // Below this level it logs requests, though not those with metadata.
  plan.add("--level", "Warning");
  auto store = metadata_store();
  const std::size_t store_bytes = most_body_bytes(store, outlines);
  if (carriage.transport == Transport::mmds && store_bytes > k_default_body_bytes) {
    plan.add("--http-api-max-payload-size", std::to_string(store_bytes));
    plan.add("--mmds-size-limit", std::to_string(store_bytes));
  }
  plan.add_extra_args();
  plan.set_api_socket(socket);
  plan.request("/boot-source", boot_source(plan));
  plan.request("/machine-config", machine_config(vm));
  add_drives(plan);
  add_interfaces(plan);
  add_vsock(plan);
  add_balloon(plan);
  if (carriage.transport == Transport::mmds) add_metadata(plan, std::move(store));
  add_start(plan);
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
