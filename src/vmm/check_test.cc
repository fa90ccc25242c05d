// SPDX-License-Identifier: Apache-2.0
// R16: what a hypervisor lacks is said when the config is loaded.
#include "vmm/check.h"

#include <gmock/gmock.h>
#include <functional>

#include "base/text.h"
#include "config/load.h"
#include "support/machine.h"

namespace vmcred::vmm {
namespace {

using config::Hypervisor;
using config::Interface;
using config::Machine;
using config::Share;
using config::Transport;
using config::VirtualMachine;
using config::Volume;
using testing::ElementsAre;
using testing::IsEmpty;

VirtualMachine machine(Hypervisor hypervisor, Machine kind = Machine::q35) {
  auto vm = test_support::machine(kind);
  vm.hypervisor = hypervisor;
  vm.initrd = "/boot/initrd";
  return vm;
}

struct Refusal {
  Hypervisor hypervisor;
  std::function<void(VirtualMachine&)> change;
  std::string key;
  std::string sentence;
  std::string hint;
};

void expect_one_finding(const Refusal& row) {
  auto vm = machine(row.hypervisor);
  ASSERT_THAT(check_vm(vm), IsEmpty());
  row.change(vm);
  const auto findings = check_vm(vm);
  ASSERT_EQ(findings.size(), 1U) << row.sentence;
  EXPECT_EQ(findings.front().key, row.key);
  EXPECT_EQ(findings.front().sentence, row.sentence);
  EXPECT_EQ(findings.front().hint, row.hint);
}

// With the place of each, as the one who wrote the config sees them.
std::vector<std::string> findings_in(std::string_view text) {
  const auto config = config::parse("x.toml", base::concat("[vms.a]\nkernel = 'k'\n", text), check_vm);
  if (config) return {};
  std::vector<std::string> texts = {config.error().what};
  for (const auto& other : config.error().others) texts.push_back(other.what);
  return texts;
}

void share_by_9p(VirtualMachine& vm) {
  vm.shares = {{.protocol = Share::Protocol::plan9, .tag = "store", .source = "/nix/store"}};
}
void share_by_virtiofs(VirtualMachine& vm) { vm.shares = {{.tag = "store", .source = "/nix/store"}}; }

TEST(CheckVmTest, AShareThatTheHypervisorHasNotIsFoundWithAnotherWay) {
  expect_one_finding({Hypervisor::firecracker, share_by_9p, "shares[0].protocol",
                      "firecracker has no 9p share ('store')", "use a volume"});
  expect_one_finding({Hypervisor::cloud_hypervisor, share_by_9p, "shares[0].protocol",
                      "cloud-hypervisor has no 9p share ('store')",
                      "use protocol = \"virtiofs\" with cloud-hypervisor, or a volume"});
  expect_one_finding({Hypervisor::kvmtool, share_by_virtiofs, "shares[0].protocol",
                      "kvmtool has no virtiofs share ('store')", "use protocol = \"9p\" with kvmtool"});
  const auto read_only = [](VirtualMachine& vm) {
    share_by_9p(vm);
    vm.shares.front().read_only = true;
  };
  expect_one_finding({Hypervisor::crosvm, read_only, "shares[0].read_only",
                      "crosvm has no read-only 9p share ('store')", "use protocol = \"virtiofs\""});
}

TEST(CheckVmTest, ATransportThatTheHypervisorHasNotIsFoundWithThoseThatItHas) {
  expect_one_finding({Hypervisor::firecracker, [](auto& vm) { vm.transport = Transport::smbios; },
                      "transport", "firecracker has no SMBIOS strings of ours",
                      "leave 'transport' out, or choose one of: initrd, vsock, mmds"});
  expect_one_finding({Hypervisor::cloud_hypervisor, [](auto& vm) { vm.transport = Transport::fw_cfg; },
                      "transport", "cloud-hypervisor has no fw_cfg",
                      "leave 'transport' out, or choose one of: smbios, initrd, vsock"});
}

TEST(CheckVmTest, WhatATransportNeedsIsFound) {
  expect_one_finding({Hypervisor::crosvm, [](auto& vm) { vm.initrd.clear(); }, "initrd",
                      "credentials reach the guest behind its initrd with crosvm, and this VM has none",
                      "set 'initrd'"});
  expect_one_finding({Hypervisor::alioth, [](auto& vm) { vm.transport = Transport::vsock; }, "transport",
                      "transport \"vsock\" needs a virtio socket, and this VM has none",
                      "add 'vsock.cid = 3', or another number for each VM"});
  expect_one_finding({Hypervisor::firecracker, [](auto& vm) { vm.transport = Transport::mmds; }, "transport",
                      "the metadata service answers over a network interface, and this VM has none",
                      "add an interface of type \"tap\", or leave 'transport' out"});
}

TEST(CheckVmTest, WhatATransportNeedsIsFoundWhereTheConfigNamesIt) {
  EXPECT_THAT(findings_in("transport = 'vsock'\nvsock.cid = 3"), IsEmpty());
  EXPECT_THAT(findings_in("transport = 'initrd'\ninitrd = 'i'"), IsEmpty());
  EXPECT_THAT(findings_in("transport = 'vsock'"),
              ElementsAre("x.toml:3:13: transport \"vsock\" needs a virtio socket, and this VM has none"));
  EXPECT_THAT(
      findings_in("transport = 'initrd'"),
      ElementsAre("x.toml:3:13: credentials reach the guest behind its initrd, and this VM has none"));
}

TEST(CheckVmTest, AGuestOfVfkitFetchesWithoutACid) {
  EXPECT_THAT(findings_in("hypervisor = 'vfkit'\ntransport = 'vsock'"), IsEmpty());
  EXPECT_THAT(findings_in("hypervisor = 'vfkit'\ntransport = 'vsock'\nvsock.cid = 3"),
              ElementsAre("x.toml:5:13: vfkit numbers its guests itself: it takes no CID"));
}

TEST(CheckVmTest, ABackEndOfTheVirtioSocketIsWhatTheHypervisorHas) {
  constexpr std::string_view k_crosvm = "initrd = 'i'\nhypervisor = 'crosvm'\n";
  EXPECT_THAT(findings_in(base::concat(k_crosvm, "vsock = { cid = 3, device = 'vhost' }")), IsEmpty());
  EXPECT_THAT(findings_in(base::concat(k_crosvm, "vsock = { cid = 3, device = 'vhost-user' }")),
              ElementsAre("x.toml:5:29: crosvm has no virtio socket by 'vhost-user'"));
  EXPECT_THAT(findings_in("hypervisor = 'firecracker'\ninitrd = 'i'\n"
                          "vsock = { cid = 3, device = 'vhost' }"),
              ElementsAre("x.toml:5:29: firecracker has no virtio socket by 'vhost'"));
}

TEST(CheckVmTest, AFirstProgramThatTheShimCannotBecomeIsFound) {
  expect_one_finding({Hypervisor::crosvm, [](auto& vm) { vm.kernel_params = {"rdinit=bin/init"}; },
                      "kernel_params", "'rdinit=' is no absolute path: 'bin/init'",
                      "write it as 'rdinit=/path/of/the/program'"});
  auto vm = machine(Hypervisor::crosvm);
  vm.kernel_params = {"rdinit="};
  EXPECT_THAT(check_vm(vm), IsEmpty());
}

TEST(CheckVmTest, InterfacesThatTheHypervisorHasNotAreFound) {
  expect_one_finding({Hypervisor::cloud_hypervisor,
                      [](auto& vm) { vm.interfaces = {{.type = Interface::Type::user, .id = "lan"}}; },
                      "interfaces[0].type", "cloud-hypervisor has no interface of type user ('lan')",
                      "choose one of: tap, bridge, macvtap"});
  expect_one_finding(
      {Hypervisor::firecracker,
       [](auto& vm) { vm.interfaces = {{.type = Interface::Type::tap, .id = "t", .vhost = true}}; },
       "interfaces[0].vhost", "firecracker has no network by the kernel's vhost ('t')",
       "leave it out, or use hypervisor qemu, crosvm, kvmtool or stratovirt"});
  expect_one_finding(
      {Hypervisor::qemu, [](auto& vm) { vm.forwarded_ports = {{.host_port = 80, .guest_port = 80}}; },
       "forward_ports", "ports are forwarded through an interface of type user, and this VM has none",
       "add an interface with type = \"user\""});
}

TEST(CheckVmTest, PortsNeedAUserNetwork) {
  constexpr std::string_view k_sentence =
      "ports are forwarded through an interface of type user, and this VM has none";
  constexpr std::string_view k_ports = "forward_ports = [{ host.port = 1, guest.port = 1 }]";
  EXPECT_THAT(findings_in(base::concat("interfaces = [{ type = 'user', id = 'n' }]\n", k_ports)), IsEmpty());
  EXPECT_THAT(findings_in(k_ports), ElementsAre(base::concat("x.toml:3:17: ", k_sentence)));
  EXPECT_THAT(findings_in(base::concat("interfaces = [{ type = 'tap', id = 't' }]\n", k_ports)),
              ElementsAre(base::concat("x.toml:4:17: ", k_sentence)));
}

std::vector<std::string> findings_about_port(std::string_view keys) {
  return findings_in(base::concat(
      "interfaces = [{ type = 'user', id = 'n' }]\nforward_ports = [{ host.port = 1, ", keys, " }]"));
}

TEST(CheckVmTest, TheGuestReachesAPortOfTheHostsInItsOwnNetwork) {
  for (const std::string_view keys :
       {"from = 'guest', guest.port = 1", "from = 'guest', guest = { port = 1, address = '10.0.2.9' }",
        "from = 'guest', guest = { port = 1, address = '10.0.2.100' }",
        "guest = { port = 1, address = '192.168.0.1' }"})
    EXPECT_THAT(findings_about_port(keys), IsEmpty()) << keys;
  for (const std::string_view address : {"10.0.2.2", "10.0.2.3", "10.0.3.4", "10.0.20.4", "127.0.0.1"})
    EXPECT_THAT(
        findings_about_port(base::concat("from = 'guest', guest = { port = 1, address = '", address, "' }")),
        ElementsAre(base::concat("x.toml:4:81: the guest reaches a port of the host's at an address in "
                                 "10.0.2.0/24, but not at 10.0.2.2 and 10.0.2.3, so not at '",
                                 address, "'")));
  EXPECT_THAT(findings_about_port("from = 'guest', protocol = 'udp', guest.port = 53"),
              ElementsAre("x.toml:4:62: qemu's machine 'q35' forwards no UDP port from the guest to the "
                          "host (53)"));
}

TEST(CheckVmTest, HardwareThatTheHypervisorHasNotIsFound) {
  expect_one_finding({Hypervisor::kvmtool, [](auto& vm) { vm.hugepages = true; }, "hugepages",
                      "kvmtool has no memory of huge pages",
                      "leave it out, or use hypervisor qemu, cloud-hypervisor, firecracker or crosvm"});
  expect_one_finding({Hypervisor::qemu, [](auto& vm) { vm.balloon = {.initial_mib = 1}; }, "balloon.initial",
                      "qemu's machine 'q35' has no balloon that takes memory from the start",
                      "leave it out, or use hypervisor cloud-hypervisor, firecracker or crosvm"});
  expect_one_finding({Hypervisor::alioth, [](auto& vm) { vm.devices = {{.path = "0000:06:00.0"}}; },
                      "devices[0]", "alioth has no PCI device of the host's ('0000:06:00.0')",
                      "leave it out, or use hypervisor qemu, cloud-hypervisor, crosvm or kvmtool"});
  expect_one_finding({Hypervisor::crosvm, [](auto& vm) { vm.graphics = true; }, "graphics",
                      "crosvm has no screen", "leave it out, or use hypervisor qemu or vfkit"});
  expect_one_finding({Hypervisor::crosvm, [](auto& vm) { vm.cpu = "Haswell"; }, "cpu",
                      "crosvm has no choice of a CPU model", "leave it out, or use hypervisor qemu"});
  expect_one_finding({Hypervisor::firecracker, [](auto& vm) { vm.vcpu = 33; }, "vcpu",
                      "firecracker takes at most 32 CPUs, not 33", "set vcpu = 32, or less"});
}

TEST(CheckVmTest, TheMicrovmMachineHasNoMemoryToPlugIn) {
  auto vm = machine(Hypervisor::qemu, Machine::microvm);
  vm.hotplug_mem_mib = 1;
  const auto findings = check_vm(vm);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().sentence, "qemu's machine 'microvm' has no memory to plug in later");
  EXPECT_EQ(findings.front().hint, "set machine = \"q35\"");
}

TEST(CheckVmTest, MemoryComesInWholeBlocks) {
  const auto huge = [](VirtualMachine& vm) {
    vm.hugepages = true;
    vm.mem_mib = 513;
  };
  expect_one_finding({Hypervisor::firecracker, huge, "mem",
                      "firecracker takes multiples of 2 as 'mem' with 'hugepages', not 513",
                      "set mem = 514"});
  expect_one_finding({Hypervisor::qemu, [](auto& vm) { vm.hotplug_mem_mib = vm.hotplugged_mem_mib = 255; },
                      "hotplug_mem", "qemu's machine 'q35' takes multiples of 2 as 'hotplug_mem', not 255",
                      "set hotplug_mem = 256"});
  expect_one_finding({Hypervisor::cloud_hypervisor, [](auto& vm) { vm.hotplug_mem_mib = 200; }, "hotplug_mem",
                      "cloud-hypervisor takes multiples of 128 as 'hotplug_mem', not 200",
                      "set hotplug_mem = 256"});
  const auto plugged = [](VirtualMachine& vm) {
    vm.hotplug_mem_mib = 256;
    vm.hotplugged_mem_mib = 1;
  };
  for (const auto hypervisor : {Hypervisor::qemu, Hypervisor::cloud_hypervisor}) {
    auto vm = machine(hypervisor);
    plugged(vm);
    const auto findings = check_vm(vm);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings.front().key, "hotplugged_mem");
    EXPECT_EQ(findings.front().hint, "set hotplugged_mem = 2");
  }
}

TEST(CheckVmTest, WholeBlocksOfMemoryAreWell) {
  auto vm = machine(Hypervisor::qemu);
  vm.mem_mib = 513;
  vm.hotplug_mem_mib = 258;
  vm.hotplugged_mem_mib = 2;
  EXPECT_THAT(check_vm(vm), IsEmpty());
  vm.mem_mib = 514;
  vm.hugepages = true;
  EXPECT_THAT(check_vm(vm), IsEmpty());
}

TEST(CheckVmTest, ATagThatMakesTheSocketsPathTooLongIsFound) {
  const auto tag_of = [](std::size_t bytes) {
    return [=](VirtualMachine& vm) {
      vm.name = std::string(63, 'n');
      vm.shares = {{.tag = std::string(bytes, 't'), .source = "/s"}};
    };
  };
  for (const auto hypervisor : {Hypervisor::qemu, Hypervisor::cloud_hypervisor}) {
    auto vm = machine(hypervisor);
    tag_of(17)(vm);
    EXPECT_THAT(check_vm(vm), IsEmpty());
    tag_of(18)(vm);
    const auto findings = check_vm(vm);
    ASSERT_EQ(findings.size(), 1U);
    EXPECT_EQ(findings.front().key, "shares[0].tag");
    EXPECT_EQ(findings.front().sentence,
              base::concat("the socket of this share would have a path of 108 bytes, and at most 107 are "
                           "possible: /run/vmcred/",
                           std::string(63, 'n'), "/virtiofs-", std::string(18, 't'), ".sock"));
    EXPECT_EQ(findings.front().hint, "shorten 'tag' to 17 characters");
  }
  auto vm = machine(Hypervisor::vfkit);
  vm.initrd.clear();
  tag_of(36)(vm);  // shares by itself, without a socket
  EXPECT_THAT(check_vm(vm), IsEmpty());
}

TEST(CheckVmTest, KvmtoolTakesFourVolumes) {
  auto vm = machine(Hypervisor::kvmtool);
  vm.volumes.assign(4, Volume{.image = "/a"});
  EXPECT_THAT(check_vm(vm), IsEmpty());
  vm.volumes.push_back({.image = "/b"});
  const auto findings = check_vm(vm);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().key, "volumes[4]");
}

TEST(CheckVmTest, APathThatTheOptionsCannotCarryIsFound) {
  expect_one_finding({Hypervisor::stratovirt, [](auto& vm) { vm.volumes = {{.image = "/a,b"}}; },
                      "volumes[0].image", "stratovirt can't have ',' in a path: '/a,b'",
                      "rename the file, or link to it by another name"});
  expect_one_finding({Hypervisor::vfkit, [](auto& vm) { vm.kernel = "/k,1"; }, "kernel",
                      "vfkit can't have ',' in a path: '/k,1'",
                      "rename the file, or link to it by another name"});
  expect_one_finding({Hypervisor::kvmtool,
                      [](auto& vm) {
                        share_by_9p(vm);
                        vm.shares.front().source = "/a,b";
                      },
                      "shares[0].source", "kvmtool can't have ',' in a path: '/a,b'",
                      "rename the file, or link to it by another name"});
  auto vm = machine(Hypervisor::qemu);
  vm.volumes = {{.image = "/a,b"}};
  EXPECT_THAT(check_vm(vm), IsEmpty());
}

TEST(CheckVmTest, APathThatStandsByItselfMayHoldAnything) {
  for (const auto hypervisor : {Hypervisor::kvmtool, Hypervisor::stratovirt}) {
    auto vm = machine(hypervisor);
    vm.kernel = "/k,a=1";
    vm.initrd = "/i,a=1";
    EXPECT_THAT(check_vm(vm), IsEmpty());
  }
  auto vm = machine(Hypervisor::stratovirt);
  vm.shares = {{.tag = "s", .source = "/a,b=c"}};  // virtiofsd's
  EXPECT_THAT(check_vm(vm), IsEmpty());
}

TEST(CheckVmTest, FirecrackersCommandLineEndsAtItsLimit) {
  auto vm = machine(Hypervisor::firecracker);
  const auto of_size = [&](std::size_t bytes) {
    vm.kernel_params = {std::string(bytes, 'x')};
    return check_vm(vm).size();
  };
  std::size_t fits = 0;
  while (of_size(fits + 1) == 0) ++fits;
  EXPECT_GT(fits, 1800U);
  EXPECT_LT(fits, 2048U);
  EXPECT_EQ(check_vm(vm).front().key, "kernel_params");
  vm.volumes = {{.image = "/a"}};  // takes room on the line
  EXPECT_EQ(of_size(fits - 40), 0U);
  EXPECT_EQ(of_size(fits - 39), 1U);
}

TEST(CheckVmTest, DevicesThatLeaveNoRoomOnTheCommandLineAreFound) {
  auto vm = machine(Hypervisor::firecracker);
  vm.volumes.assign(60, Volume{.image = "/a"});
  const auto findings = check_vm(vm);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings.front().key, "kernel_params");
}

TEST(CheckVmTest, AllThatIsWrongIsFoundAtOnce) {
  auto vm = machine(Hypervisor::firecracker);
  vm.hotplug_mem_mib = 64;
  vm.graphics = true;
  share_by_virtiofs(vm);
  std::vector<std::string> keys;
  for (const auto& finding : check_vm(vm)) keys.push_back(finding.key);
  EXPECT_THAT(keys, ElementsAre("hotplug_mem", "graphics", "shares[0].protocol"));
}

}  // namespace
}  // namespace vmcred::vmm
