// SPDX-License-Identifier: Apache-2.0
#include "vmm/alioth.h"

#include "base/text.h"
#include "vmm/capability.h"
#include "vmm/carriage.h"
#include "vmm/plan_builder.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Interface;

// A value with a comma or an equals sign is given apart, as an object that stands in its place.
class Values {
 public:
  explicit Values(PlanBuilder& plan) : m_plan(plan) {}

  std::string operator()(std::string_view text) {
    if (text.find_first_of(",=") == std::string_view::npos) return std::string(text);
    std::string id = concat("id_", m_objects.size());
    m_objects.push_back(concat(id, ",", text));
    return id;
  }

  void add_objects() {
    for (auto& object : m_objects) m_plan.add("--object", std::move(object));
  }

 private:
  PlanBuilder& m_plan;
  std::vector<std::string> m_objects;
};

void add_machine(PlanBuilder& plan) {
  const auto& vm = plan.vm();
  plan.need_terminal();
  plan.add("boot");
  plan.add("--memory", concat("size=", vm.mem_mib, "M,backend=memfd"));
  plan.add("--cpu", concat("count=", vm.vcpu));
  plan.add("--kernel", vm.kernel);
  plan.add_initrd("--initramfs");
  plan.add("--cmdline", plan.kernel_line());
  plan.add("--entropy");
  if (vm.balloon) plan.add("--balloon", "free_page_reporting=true");
}

std::string interface_value(const PlanBuilder& plan, const Interface& interface, Values& values) {
  const bool is_macvtap = interface.type == Interface::Type::macvtap;
  return concat(
      "tap,",
      is_macvtap ? concat("tap=", values(plan.macvtap_path(interface))) : concat("if=", values(interface.id)),
      ",mac=", interface.mac, ",mtu=1500,qp=", queue_pairs(plan.vm()));
}

void add_vsock(PlanBuilder& plan, Values& values) {
  const auto& vm = plan.vm();
  if (!vm.vsock_cid) return;
  if (plan.host().vsock == VsockBackEnd::built_in)
    plan.add("--vsock",
             concat("uds,cid=", *vm.vsock_cid, ",path=", values(plan.socket_path(k_vsock_socket))));
  else
    plan.add("--vsock", concat("vhost,cid=", *vm.vsock_cid));
}

void add_devices(PlanBuilder& plan, Values& values) {
  const auto& vm = plan.vm();
  for (const auto& volume : vm.volumes)
    plan.add("--blk", concat("file,path=", values(volume.image), volume.read_only ? ",readonly=true" : ""));
  for (const auto& share : vm.shares)
    plan.add("--fs", concat("vu,socket=", values(plan.share_socket(share)), ",tag=", values(share.tag)));
  for (const auto& interface : vm.interfaces) plan.add("--net", interface_value(plan, interface, values));
  add_vsock(plan, values);
}

}  // namespace

base::Result<LaunchPlan> plan_alioth(const config::VirtualMachine& vm,
                                     std::span<const CredentialOutline> outlines, const HostFacts& host) {
  VMCRED_TRY_ASSIGN(const Carriage carriage, choose_carriage(vm, outlines));
  PlanBuilder plan(vm, host, outlines, carriage.transport);
  Values values(plan);
  add_machine(plan);
  add_devices(plan, values);
  values.add_objects();
  plan.add_extra_args();
  return std::move(plan).take();
}

}  // namespace vmcred::vmm
