// SPDX-License-Identifier: Apache-2.0
// Every hypervisor with everything it can do, by the capability table: R13 to R23, R77 to R79, W6, W12 to
// W18.
#include "vmm/plan.h"

#include <gmock/gmock.h>
#include <algorithm>
#include <cstdlib>

#include "base/file.h"
#include "base/text.h"
#include "config/load.h"
#include "support/machine.h"
#include "support/plan_text.h"
#include "vmm/capability.h"
#include "vmm/check.h"
#include "vmm/sockets.h"

namespace vmcred::vmm {
namespace {

using base::concat;
using config::Interface;
using config::Share;
using config::Transport;
using config::Volume;

const std::vector<CredentialOutline> k_outlines = {
    {.name = test_support::credential_name("API_KEY"), .size = 44},
    {.name = test_support::credential_name("tls,key"), .size = 1'000},
    {.name = test_support::credential_name("EMPTY"), .size = 0}};

HostFacts host_of(const Capability& row) {
  return {.program = concat("/usr/bin/", row.program),
          .runtime_directory = "/run/vmcred/test-vm",
          .kvm = true,
          .vsock = row.vsock.front(),
          .macvtap = {{.interface = "macvtap0", .path = "/dev/tap7"}},
          .notify_address = "vsock-stream:2:9999"};
}

config::VirtualMachine bare(const Capability& row) {
  auto vm = test_support::machine(row.machine);
  vm.hypervisor = row.hypervisor;
  vm.initrd = "/boot/initrd";
  vm.kernel_params = {"quiet", "rdinit=/sbin/first"};
  if (row.hypervisor != config::Hypervisor::vfkit) vm.vsock_cid = 42;
  return vm;
}

void add_volumes(const VolumeSupport& can, config::VirtualMachine& vm) {
  vm.volumes.push_back({.image = "/var/lib/a.img"});
  vm.volumes.push_back({.image = "/dev/vg/b",
                        .format = can.qcow2 ? Volume::Format::qcow2 : Volume::Format::raw,
                        .serial = can.serial ? "B1" : "",
                        .read_only = can.read_only,
                        .direct = can.direct});
}

void add_shares(const ShareSupport& can, config::VirtualMachine& vm) {
  if (can.virtiofs)
    vm.shares.push_back({.protocol = Share::Protocol::virtiofs, .tag = "home", .source = "/srv/home"});
  if (can.plan9)
    vm.shares.push_back(
        {.protocol = Share::Protocol::plan9,
         .tag = "store",
         .source = "/nix/store",
         .read_only = can.plan9_read_only,
         .security_model = can.plan9_models ? Share::SecurityModel::mapped : Share::SecurityModel::none});
}

void add_interfaces(const Capability& row, config::VirtualMachine& vm) {
  const auto& can = row.interfaces;
  if (can.user) vm.interfaces.push_back({.type = Interface::Type::user, .mac = "02:00:00:00:00:01"});
  if (can.tap)
    vm.interfaces.push_back(
        {.type = Interface::Type::tap, .id = "tap0", .mac = "02:00:00:00:00:02", .vhost = can.vhost});
  if (can.macvtap)
    vm.interfaces.push_back(
        {.type = Interface::Type::macvtap, .id = "macvtap0", .mac = "02:00:00:00:00:03", .link = "eth0"});
  if (!row.forwarded_ports) return;
  using From = config::ForwardedPort::From;
  vm.forwarded_ports.push_back({.host_address = "127.0.0.1", .host_port = 2222, .guest_port = 22});
  vm.forwarded_ports.push_back(
      {.from = From::guest, .host_port = 80, .guest_address = "10.0.2.100", .guest_port = 8080});
}

// All that the row says it can.
config::VirtualMachine full(const Capability& row) {
  auto vm = bare(row);
  vm.vcpu = 4;
  vm.process_name = "microvm@test-vm";
  vm.machine_id = "0123456789abcdef0123456789abcdef";
  vm.extra_args = {"--one", "more"};
  if (row.cpu_model) vm.cpu = "Skylake-Server";
  vm.hugepages = row.hugepages;
  if (row.hotplug) vm.hotplug_mem_mib = 1024;
  if (row.hotplug) vm.hotplugged_mem_mib = 256;
  if (row.balloon.device) vm.balloon = {.initial_mib = row.balloon.initial ? 128U : 0U};
  vm.graphics = row.graphics;
  add_volumes(row.volumes, vm);
  add_shares(row.shares, vm);
  add_interfaces(row, vm);
  if (row.pci) vm.devices.push_back({.path = "0000:06:00.0"});
  if (row.usb)
    vm.devices.push_back({.bus = config::Device::Bus::usb, .path = "vendorid=0x0bda,productid=0x8153"});
  return vm;
}

std::string file_name(const Capability& row, std::string_view what) {
  std::string name = concat("plan-", row_name(row), "-", what);
  std::ranges::replace(name, ' ', '-');
  return name;
}

void expect_golden(const std::string& name, const config::VirtualMachine& vm, const HostFacts& host) {
  SCOPED_TRACE(name);
  for (const auto& finding : check_vm(vm)) ADD_FAILURE() << finding.key << ": " << finding.sentence;
  const auto plan = plan_launch(vm, k_outlines, host);
  ASSERT_TRUE(plan) << plan.error().what;
  const std::string text = test_support::plan_text(*plan, k_outlines);
  const std::string path = concat(VMCRED_SOURCE_DIR "/src/vmm/testdata/", name, ".plan");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(base::write_text_file_atomically(path, text, 0644));
  }
  const auto golden = base::read_text_file(path, 64 * 1024);
  ASSERT_TRUE(golden) << golden.error().what << "; UPDATE_GOLDEN=1 writes it";
  EXPECT_EQ(text, *golden) << "UPDATE_GOLDEN=1 rewrites it";
}

TEST(PlanLaunchTest, ThereIsAConsoleWhereTheTableSaysSo) {
  for (const auto& row : capabilities()) {
    const auto plan = plan_launch(bare(row), k_outlines, host_of(row));
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_EQ(test_support::plan_text(*plan, k_outlines).find(k_console_socket) != std::string::npos,
              row.console)
        << row_name(row);
  }
}

TEST(PlanLaunchTest, ThereAreRequestsWhereTheTableSaysSo) {
  for (const auto& row : capabilities()) {
    const auto plan = plan_launch(bare(row), k_outlines, host_of(row));
    ASSERT_TRUE(plan) << plan.error().what;
    EXPECT_EQ(!plan->requests.empty(), row.by_requests) << row_name(row);
  }
}

TEST(PlanLaunchTest, AVmWithNothingButCredentialsIsTheGoldenOne) {
  for (const auto& row : capabilities()) expect_golden(file_name(row, "bare"), bare(row), host_of(row));
}

TEST(PlanLaunchTest, AVmWithAllThatItsHypervisorCanIsTheGoldenOne) {
  for (const auto& row : capabilities()) expect_golden(file_name(row, "full"), full(row), host_of(row));
}

TEST(PlanLaunchTest, EachTransportOfEachHypervisorIsTheGoldenOne) {
  for (const auto& row : capabilities())
    for (const auto& way : row.transports) {
      auto vm = bare(row);
      vm.transport = way.transport;
      if (way.transport == Transport::mmds) add_interfaces(row, vm);
      expect_golden(file_name(row, config::spelling(way.transport)), vm, host_of(row));
    }
}

TEST(PlanLaunchTest, EachOtherBackEndOfAVirtioSocketIsTheGoldenOne) {
  for (const auto& row : capabilities())
    for (const auto back_end : row.vsock.subspan(1)) {
      auto host = host_of(row);
      host.vsock = back_end;
      auto vm = bare(row);
      vm.transport = Transport::vsock;
      expect_golden(file_name(row, back_end == VsockBackEnd::built_in ? "built-in" : "vhost-user"), vm, host);
    }
}

TEST(PlanLaunchTest, AGuestWhoseSystemdReadsItsInitrdNeedsNoShim) {
  for (const int version : {261, 262}) {
    auto vm = bare(capability_of(test_support::machine()));
    vm.transport = Transport::initrd;
    vm.guest_systemd = {.kind = config::GuestSystemd::Kind::version, .version = version};
    const auto plan = plan_launch(vm, k_outlines, host_of(capabilities().front()));
    ASSERT_TRUE(plan) << plan.error().what;
    ASSERT_EQ(plan->files.size(), 1U);
    EXPECT_EQ(plan->files.front().next_init, version < 262 ? "/sbin/first" : "");
    const std::string text = test_support::plan_text(*plan, k_outlines);
    EXPECT_EQ(text.find("rdinit=/.vmcred/init") != std::string::npos, version < 262);
    EXPECT_EQ(text.find("rdinit=/sbin/first") != std::string::npos, version >= 262);
  }
}

// How often the plan hands each credential over.
std::vector<std::size_t> times_carried(const LaunchPlan& plan) {
  std::vector<std::size_t> times(k_outlines.size());
  const auto all = [&] {
    for (auto& count : times) ++count;
  };
  for (const auto& file : plan.files)
    for (const auto i : file.credentials) ++times.at(i);
  for (const auto& request : plan.requests)
    for (const auto& piece : request.body) {
      if (piece.value == BodyPiece::Value::credential) ++times.at(piece.index);
      if (piece.value == BodyPiece::Value::archive) all();
    }
  if (plan.pull) all();
  return times;
}

// After the name of a credential comes nothing but the place for its value.
void expect_no_value(std::string_view text, bool has_place) {
  const auto mark = text.find("io.systemd.credential");
  if (mark == std::string_view::npos) return;
  EXPECT_TRUE(has_place) << text;
  EXPECT_TRUE(text.ends_with('=')) << text;
  EXPECT_EQ(text.find("io.systemd.credential", mark + 1), std::string_view::npos) << text;
}

TEST(PlanLaunchTest, EachCredentialIsHandedOverOnceAndNoneIsInAnyText) {
  for (const auto& row : capabilities())
    for (const auto& way : row.transports) {
      SCOPED_TRACE(file_name(row, config::spelling(way.transport)));
      auto vm = full(row);
      vm.transport = way.transport;
      const auto plan = plan_launch(vm, k_outlines, host_of(row));
      ASSERT_TRUE(plan) << plan.error().what;
      EXPECT_THAT(times_carried(*plan), testing::Each(1U));
      for (const auto& argument : plan->arguments)
        if (argument.text.find(",file=") == std::string::npos) expect_no_value(argument.text, false);
      for (const auto& request : plan->requests)
        for (const auto& piece : request.body)
          expect_no_value(piece.text, piece.value == BodyPiece::Value::credential);
    }
}

}  // namespace
}  // namespace vmcred::vmm
